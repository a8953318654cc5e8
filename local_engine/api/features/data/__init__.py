"""The rows of a running project, seen and changed by their owner."""
