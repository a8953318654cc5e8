"""Projects that run on this machine."""
