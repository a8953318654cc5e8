"""Names that git and we give to what lies in a project's folder."""

from __future__ import annotations

GIT = ".git"
PRIVATE = "backend-generator"
"""Our folder inside of `.git`: journal, lock, database snapshots, the project's id."""

MAIN = "main"
HEADS = "refs/heads/"
