"""Todo: the service."""
