"""A Blueprint under edit: its plain data, and the comments, which move along with the parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_engine.generator.blueprint.comments import Comments
from local_engine.generator.blueprint.document import Document
from local_engine.generator.blueprint.editing.edit import refuse_taken, refuse_unknown
from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.problems import BlueprintErrors, Path
from local_engine.generator.blueprint.writer import write

Moving = Callable[[Path], Path | None]


class Sheet:
    """What edits work on; `base` is the Blueprint from which the present code came.

    `data` is the plain form of a model between two edits.
    """

    data: dict[str, Any]
    _text: str | None
    _comments: Comments

    def __init__(self, document: Document, base: Blueprint) -> None:
        self.base = base
        self.replace(document)

    @property
    def text(self) -> str:
        """The text: canonical once something was changed."""
        if self._text is None:
            self._text = write(self.data, self._comments)
        return self._text

    @property
    def blueprint(self) -> Blueprint:
        """The model of the present data."""
        return Blueprint.model_validate(self.data)

    def settle(self) -> None:
        """Brings the data into its plain form: keys in order, defaults left out, short forms.

        Raises ValidationError where the data is no Blueprint.
        """
        plain = self.blueprint.plain()
        if plain != self.data or self._text is None:
            self.data = plain
            self._comments = self._comments.settled(plain)

    def replace(self, document: Document) -> None:
        """Takes a text as it is. Raises BlueprintErrors for one that cannot be read."""
        blueprint = document.draft
        if blueprint is None or not document.is_read:
            raise BlueprintErrors(document.problems, document.filename)
        self._text = document.text
        self.data = blueprint.plain()
        self._comments = document.comments.settled(self.data)

    def at(self, path: Path) -> Any:
        """The value at a path; None where there is none."""
        at: Any = self.data
        for step in path:
            if isinstance(at, dict):
                at = at.get(str(step))
            else:
                known = isinstance(at, list) and isinstance(step, int) and step < len(at)
                at = at[step] if known else None
        return at

    def entity(self, name: str) -> dict[str, Any]:
        """The data of an entity. Raises Refusal where there is none."""
        entities: dict[str, dict[str, Any]] = self.data["entities"]
        if name not in entities:
            refuse_unknown("entity", "entity", name, entities)
        return entities[name]

    def put(self, path: Path, value: Any, *, after: str | None = None) -> None:
        """Sets a value; mappings on the way are made, a new key comes last or behind `after`."""
        self._text = None
        at: Any = self.data
        for step in path[:-1]:
            at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
        key = path[-1]
        if isinstance(at, list):
            at[int(key)] = value
        elif after is None or key in at:
            at[key] = value
        else:
            if after not in at:
                refuse_unknown("after", "name", after, at)
            items = list(at.items())
            place = list(at).index(after) + 1
            at.clear()
            at.update([*items[:place], (key, value), *items[place:]])

    def add(self, path: Path, value: Any, *, after: str | None, key: str, what: str) -> None:
        """Puts what must be new. Raises Refusal where it is not."""
        if self.at(path) is not None:
            refuse_taken(key, what, str(path[-1]))
        self.put(path, value, after=after)

    def append(self, path: Path, value: Any) -> None:
        """Adds to the end of a list, which is made if there is none."""
        present = self.at(path)
        self.put(path, [*(present if isinstance(present, list) else []), value])

    def remove(self, path: Path) -> None:
        """Takes out what stands at a path, with its comments; later items of a list move up."""
        self._text = None
        parent, key = self.at(path[:-1]), path[-1]
        del parent[key]
        depth = len(path) - 1

        def moved(at: Path) -> Path | None:
            if at[: depth + 1] == path:
                return None
            step = at[depth] if len(at) > depth and at[:depth] == path[:-1] else None
            if isinstance(parent, list) and isinstance(step, int) and step > int(key):
                return (*at[:depth], step - 1, *at[depth + 1 :])
            return at

        self._move_comments(moved)

    def rename(self, path: Path, name: str) -> None:
        """Gives a key another name, in its place."""
        self._text = None
        parent = self.at(path[:-1])
        items = [(name if key == path[-1] else key, value) for key, value in parent.items()]
        parent.clear()
        parent.update(items)
        new = (*path[:-1], name)
        self._move_comments(lambda at: (*new, *at[len(path) :]) if at[: len(path)] == path else at)

    def _move_comments(self, moved: Moving) -> None:
        old = self._comments
        above = {new: lines for at, lines in old.above.items() if (new := moved(at)) is not None}
        behind = {new: text for at, text in old.behind.items() if (new := moved(at)) is not None}
        self._comments = Comments(above, behind, old.end)
