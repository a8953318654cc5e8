"""A typed client in TypeScript: strict, readable, without dependencies."""
