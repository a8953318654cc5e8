"""The projects of this user."""
