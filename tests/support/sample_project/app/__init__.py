"""The smallest service that keeps the contract of a generated project: notes with a title."""
