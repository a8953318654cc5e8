"""One folder a feature: its router, its schemas, its service."""
