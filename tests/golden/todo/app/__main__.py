"""`python -m app COMMAND`: migrate, serve, worker, users, seed, openapi."""

from app.core.command import run
from app.project import PROJECT

if __name__ == "__main__":
    raise SystemExit(run(PROJECT))
