"""Run a project on this machine: embedded PostgreSQL and the process preview."""
