"""Commands that end with whoever asked for them, and a quicker way to start those of a project.

Nothing is imported here: a project's process may begin as a copy of one of our own.
"""
