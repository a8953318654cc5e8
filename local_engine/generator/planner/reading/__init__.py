"""Reading a prompt: its head, its noun phrases, who does what, and phrases that are rules."""
