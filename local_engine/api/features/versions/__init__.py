"""The history of a project: versions, undo, conflicts."""
