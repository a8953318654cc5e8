"""From what a source describes to a Blueprint."""
