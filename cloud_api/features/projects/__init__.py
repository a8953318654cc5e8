"""Projects as shared metadata, and who may do what with them."""
