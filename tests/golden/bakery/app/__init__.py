"""Bakery: the service."""
