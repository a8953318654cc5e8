"""What export jobs made, for download."""
