"""What verifications have found."""
