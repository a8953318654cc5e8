"""Deleted projects."""
