"""What a change of a Blueprint would mean, before anything is done."""
