"""Blueprints: read, checked, explained, written."""
