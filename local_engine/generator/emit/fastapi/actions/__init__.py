"""What users do beyond writing one row: transitions and operations, with their effects."""
