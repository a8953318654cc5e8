"""What surrounds the code of a project: README, packaging, settings, tests, demo data."""
