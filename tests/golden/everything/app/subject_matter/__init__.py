"""Subject matter."""
