"""Who may talk to the engine: tokens, cookies, one-time links."""
