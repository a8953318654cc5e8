"""Collections of requests for programs that send them by hand."""
