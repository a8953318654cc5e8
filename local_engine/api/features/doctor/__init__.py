"""Whether this machine has what is needed."""
