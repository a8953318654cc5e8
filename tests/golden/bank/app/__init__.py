"""Bank: the service."""
