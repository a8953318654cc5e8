"""Which preview, with its database, belongs to which project: by the project's own id.

The id lies in the project's folder, so the data stays with a project that is moved or renamed. A
copy of a folder has the same id: it gets one of its own here, and with it a database of its own, as
long as the original is where it was. A folder without a history has no place for an id: there the
path counts; what was named so is taken over by the id when the folder gets a history.

`previews-by-project/<id>.json` says for each id what its preview is called and where the project
was last; `project` in a preview's folder says whose it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from local_engine.runtime.file_lock import file_lock
from local_engine.runtime.home import engine_home
from local_engine.runtime.identity import (
    PRIVATE,
    new_identity,
    read_identity,
    was_taken_up,
    write_identity,
)
from local_engine.runtime.private_files import make_private_folder, write_private

_WORD_LENGTH = 40
_DIGEST_LENGTHS = (8, 16)  # the second where the first is taken
_OWNER = "project"


@dataclass(frozen=True)
class _Known:
    name: str
    folder: str


def previews_folder() -> Path:
    """Where everything about previews is kept."""
    return make_private_folder(engine_home() / "previews")


def preview_name(project: Path) -> str:
    """A name for the preview of this project, and only of it, that a database may have."""
    place = project.resolve()
    id_ = read_identity(place)
    known = _read(id_)
    if known is not None and known.folder == str(place):
        return known.name
    if not (place / PRIVATE).is_dir():
        return _by_path(place)
    try:
        with file_lock(_names() / "lock"):
            return _settled(place)
    except OSError:  # a project that may not be written to
        return known.name if known is not None else _by_path(place)


def has_been_named(id_: str) -> bool:
    """Whether a project of this id has had a preview, so that there may be data of it."""
    return _read(id_) is not None


def _settled(place: Path) -> str:
    """Write down which name a project has from now on, and give it its id if it has none."""
    id_ = read_identity(place)
    known = _read(id_)
    is_copy = known is not None and known.folder != str(place) and _lies_in(known.folder, id_)
    if id_ is None or is_copy:
        id_, known = new_identity(), None
        write_identity(place, id_)
    name = _claimed(place, id_) if known is None else known.name
    write_private(_names() / f"{id_}.json", json.dumps(asdict(_Known(name, str(place)))))
    return name


def _claimed(place: Path, id_: str) -> str:
    """A name for a project that has none: what it was called before it had a history, or a new one.

    A project that was made here has no such past: what the path stands for was another's.
    """
    left = [name for name in _of_path(place) if (previews_folder() / name).is_dir()]
    free = [name for name in left if _owner(name) is None and was_taken_up(place)]
    free += [name for name in left if _owner(name) == id_]
    free += [name for name in _names_of(place, id_) if _owner(name) in (None, id_)]
    name = free[0]
    write_private(make_private_folder(previews_folder() / name) / _OWNER, id_)
    return name


def _by_path(place: Path) -> str:
    """The name for a folder that has no place for an id."""
    return next(name for name in _of_path(place) if _owner(name) is None)


def _of_path(place: Path) -> list[str]:
    return _names_of(place, str(place))


def _names_of(place: Path, key: str) -> list[str]:
    """Names with the folder's word, of which only the last may be one that another has, too."""
    word = re.sub(r"[^a-z0-9]+", "_", place.name.lower()).strip("_")[:_WORD_LENGTH]
    if not word[:1].isalpha() or word.startswith("pg"):  # pg_... is PostgreSQL's own
        word = f"project_{word}".rstrip("_")
    digest = hashlib.sha256(key.encode()).hexdigest()
    return [f"{word}_{digest[:length]}" for length in _DIGEST_LENGTHS]


def _owner(name: str) -> str | None:
    """The id of the project that has claimed a name."""
    with contextlib.suppress(OSError):
        return (previews_folder() / name / _OWNER).read_text("utf-8")
    return None


def _names() -> Path:
    return make_private_folder(engine_home() / "previews-by-project")


def _read(id_: str | None) -> _Known | None:
    """What is known of a project's preview; None for a project that is not known."""
    if id_ is None:
        return None
    try:
        return _Known(**json.loads((_names() / f"{id_}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _lies_in(folder: str, id_: str | None) -> bool:
    """Whether the project of this id is in a folder still."""
    return read_identity(Path(folder)) == id_
