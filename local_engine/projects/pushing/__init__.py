"""Pushing a project's history to a git remote: never by force, never with a secret left behind."""
