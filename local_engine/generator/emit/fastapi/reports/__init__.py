"""What is read across rows: reports and feeds."""
