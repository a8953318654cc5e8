"""What is set from outside, and the schema of the database as one file."""
