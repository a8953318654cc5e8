"""The account of the operating system that PostgreSQL runs as.

PostgreSQL refuses to run as root. When we are root, it runs under a user id of its own that no
named user has: nothing is added to the machine's user database, and no other service shares the
id. Otherwise it runs as whoever runs us.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from local_engine.runtime.superuser import is_root

# Above people and below the ranges that systemd hands out; inside the 65,536 ids of a container.
_FIRST_UNNAMED_ID = 60_520
_LAST_UNNAMED_ID = 60_570


class Identity(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that choose who a process runs as."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user and a group of the operating system, by their numbers."""

    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        """How to start a process as this account."""
        return Identity(user=self.uid, group=self.gid, extra_groups=[])

    def own(self, *paths: Path) -> None:
        """Make this account the owner of these files and folders, not of what is in them."""
        for path in paths:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_tree(self, folder: Path) -> None:
        """Make this account the owner of a folder and everything in it."""
        self.own(folder, *folder.rglob("*"))

    def can_reach(self, path: Path) -> bool:
        """Whether no folder above the path keeps this account out."""
        return all(self._may_enter(folder) for folder in path.absolute().parents)

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & 0o001)


def account_for(data: Path) -> Account | None:
    """Who shall run a server on this data folder; None for whoever runs us.

    A folder that an ordinary user has made stays that user's, also when root starts the server.
    """
    if not is_root():
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return _unnamed_account()


def named_account() -> Account:
    """An unprivileged account with a name: `initdb` refuses to run as one that has none."""
    import pwd

    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _unnamed_account() -> Account:
    import pwd

    named = {user.pw_uid for user in pwd.getpwall()}
    for number in range(_FIRST_UNNAMED_ID, _LAST_UNNAMED_ID):
        if number not in named:
            return Account(number, number)
    return named_account()
