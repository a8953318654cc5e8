"""Generation: runs from a prompt to a Blueprint, their events, and quotas."""
