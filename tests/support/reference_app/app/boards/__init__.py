"""Boards: owned by a user, public when published."""
