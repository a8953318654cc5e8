"""What every part of the application stands on: database, errors, access, answers, logs."""
