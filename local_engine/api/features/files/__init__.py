"""The files of a project, and nothing else."""
