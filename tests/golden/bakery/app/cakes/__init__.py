"""Cakes."""
