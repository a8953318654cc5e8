"""SQL of the generated service: rows and their documents, access, lists."""
