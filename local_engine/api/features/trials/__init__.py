"""Trying something out on a branch of its own."""
