"""Projects that are deployed to the Docker engine of this machine."""
