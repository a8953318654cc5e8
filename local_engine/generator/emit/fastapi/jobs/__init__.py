"""What happens without a request: jobs with a schedule, and the queue that sends and runs."""
