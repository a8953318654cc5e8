"""The part that publishes a deployment: its program runs in a container of its own."""
