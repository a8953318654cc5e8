"""What a disk refuses, in words: that it is full or read-only, and what to do about it."""

from __future__ import annotations

import errno
import sqlite3

_NO_ROOM = "The disk is full. Make room, then try again: nothing of yours was changed."
_NOT_ALLOWED = "It may not be written to. Allow that for your account, then try again."
_READ_ONLY = "The disk is read-only. Make it writable, or use another folder, then try again."
_BY_NUMBER = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
}
_BY_SQLITE = {
    sqlite3.SQLITE_FULL: _NO_ROOM,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
}
_PRIMARY = 0xFF
"""The bits of an SQLite error that say its kind; the others say more of it."""


def disk_refusal(error: OSError | sqlite3.Error) -> str | None:
    """What to do about an error, with the file where it is known; None for any other error."""
    if isinstance(error, OSError):
        advice = _BY_NUMBER.get(error.errno or 0)
        place = f"{error.filename}: " if error.filename else ""
        return None if advice is None else place + advice
    return _BY_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY)
