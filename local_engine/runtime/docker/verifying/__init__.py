"""Verification of a project in containers of its own, beside the user's deployment."""
