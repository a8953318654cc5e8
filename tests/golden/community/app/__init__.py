"""Community: the service."""
