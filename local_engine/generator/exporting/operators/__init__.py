"""A project as operators run it elsewhere."""
