"""Operations: what is more than writing one row."""
