"""Files that are handed over for jobs to read."""
