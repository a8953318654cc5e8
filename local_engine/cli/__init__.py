"""The `backend-generator` command: a face on the engine's services for terminals and scripts."""
