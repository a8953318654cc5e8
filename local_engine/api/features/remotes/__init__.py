"""Where a project is pushed to."""
