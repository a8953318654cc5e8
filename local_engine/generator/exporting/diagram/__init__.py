"""Pictures of the entities and their relations."""
