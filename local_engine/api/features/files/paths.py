"""Which paths a request may name: those of plain files inside of one project, on every system.

A path is refused for what it would mean on any operating system, so that a project stays whole when
it moves, and before anything is looked at on disk. Links are never followed.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from pathlib import Path

from local_engine.api.problems import Problem

MAX_LENGTH = 1024
MAX_NAME_BYTES = 255
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE
)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:<>"|?*]')
_GIT = re.compile(r"\.git|git~[0-9]+", re.IGNORECASE)


def checked(path: str) -> tuple[str, ...]:
    """The names that a relative path consists of. Raises `Problem` 403 with the reason."""
    reason = _refusal(path)
    if reason:
        raise Problem(403, "path-refused", f"This path is not one inside of a project: {reason}.")
    return tuple(path.split("/"))


def _refusal(path: str) -> str:
    if not path or len(path) > MAX_LENGTH:
        return f"it has {len(path)} characters, and 1 to {MAX_LENGTH} are allowed"
    if path.startswith("/"):
        return "it is absolute"
    if unicodedata.normalize("NFC", path) != path:
        return "its characters are not in their composed form (Unicode NFC)"
    for name in path.split("/"):
        if reason := _refused_name(name):
            return reason
    return ""


def _refused_name(name: str) -> str:
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return "it is no text"
    visible = "".join(one for one in name if unicodedata.category(one) != "Cf")
    checks = (
        (name in ("", ".", ".."), f"it has a step {name!r}"),
        (length > MAX_NAME_BYTES, f"a name has more than {MAX_NAME_BYTES} bytes"),
        (bool(_FORBIDDEN.search(name)), "it has a character that file names cannot have"),
        (name != name.rstrip(" ."), "a name ends with a dot or a space"),
        (bool(_RESERVED.fullmatch(name)), f"{name} is a device on Windows"),
        (bool(_GIT.fullmatch(visible)), "the history is not to be touched"),
        (visible != name, "it has characters that cannot be seen"),
    )
    return next((reason for wrong, reason in checks if wrong), "")


def place_of(folder: Path, path: str) -> Path:
    """Where a path of a project is, whether or not something is there.

    Raises `Problem` when it passes a link or something that is no folder, or when a name is there
    in another spelling of large and small letters.
    """
    place = folder
    names = checked(path)
    for position, name in enumerate(names):
        _check_spelling(place, name)
        place = place / name
        last = position == len(names) - 1
        try:
            mode = place.lstat().st_mode
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _not_there(path) from error
        if stat.S_ISLNK(mode):
            raise Problem(403, "path-refused", f"{path} leads through a link.")
        if not last and not stat.S_ISDIR(mode):
            raise _not_there(path)
    return place


def _check_spelling(folder: Path, name: str) -> None:
    """On a system that tells `A` from `a` a project may have both, elsewhere one would go."""
    try:
        present = [entry.name for entry in folder.iterdir()]
    except OSError:
        return
    if name in present:
        return
    for other in present:
        if other.casefold() == name.casefold():
            raise Problem(409, "other-spelling", f"There is {other} already, spelt otherwise.")


def _not_there(path: str) -> Problem:
    return Problem(404, "no-such-file", f"There is no {path} in this project.")
