"""What the user prefers."""
