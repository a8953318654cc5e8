"""What runs in the container of a service whose code is being worked on."""
