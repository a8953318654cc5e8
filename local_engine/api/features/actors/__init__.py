"""Requests to a running project as any of its actors."""
