"""Blueprint versions of projects, named by the digest of their text."""
