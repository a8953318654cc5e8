"""Whether the service lives and serves, and its numbers."""
