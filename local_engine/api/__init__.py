"""The engine's loopback API, and the process that serves it."""
