"""Kanban: boards with cards."""
