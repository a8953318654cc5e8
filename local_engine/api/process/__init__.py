"""How the engine behaves as a process: one a folder, its token, its ready line, its end."""
