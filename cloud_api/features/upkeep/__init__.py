"""Upkeep: what has expired is removed, once a night."""
