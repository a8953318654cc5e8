"""A world of rows, a grammar of expressions over it, and the three ways to work them out."""
