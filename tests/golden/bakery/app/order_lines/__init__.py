"""Order lines."""
