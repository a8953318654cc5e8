"""What a deployment writes, uses and holds, while it runs."""
