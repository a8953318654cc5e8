"""Names that git and we give to what lies in a project's folder."""

from __future__ import annotations

GIT = ".git"
PRIVATE = "backend-generator"
"""Our folder inside of `.git`: journal, lock, database snapshots, the project's id."""
UNFINISHED = "unfinished"
"""A folder in there, for files that are being written and then renamed into their places."""

MAIN = "main"
HEADS = "refs/heads/"
