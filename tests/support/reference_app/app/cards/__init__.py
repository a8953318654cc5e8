"""Cards: the parts of a board."""
