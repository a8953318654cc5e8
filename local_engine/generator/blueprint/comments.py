"""Comments and blank lines of a YAML text, and the paths that they belong to."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.yaml import Source


@dataclass
class Comments:
    """What stands above each path and behind it on its line, and at the end of the text.

    An empty line counts as a comment without words; several in a row count as one.
    """

    above: dict[Path, list[str]] = field(default_factory=dict)
    behind: dict[Path, str] = field(default_factory=dict)
    end: list[str] = field(default_factory=list)

    def settled(self, data: Any) -> Comments:
        """The same comments at paths that the data has: others move to the path around."""
        above: dict[Path, list[str]] = defaultdict(list)
        behind: dict[Path, str] = {}
        for path, lines in self.above.items():
            above[_nearest(data, path)] += lines
        for path, comment in self.behind.items():
            nearest = _nearest(data, path)
            if nearest and nearest not in behind:
                behind[nearest] = comment
            else:
                above[nearest].append(comment)
        return Comments(dict(above), behind, self.end)

    def inside(self, path: Path) -> bool:
        """Whether some comment stands below a path."""
        return any(
            len(other) > len(path) and other[: len(path)] == path
            for group in (self.above, self.behind)
            for other in group
        )


def _nearest(data: Any, path: Path) -> Path:
    at = data
    for index, step in enumerate(path):
        known = (isinstance(at, dict) and step in at) or (
            isinstance(at, list) and isinstance(step, int) and step < len(at)
        )
        if not known:
            return path[:index]
        at = at[step]
    return path


def comments_of(text: str, source: Source) -> Comments:
    """The comments of a text that was read without problems."""
    return _Scan(text, source).run()


class _Scan:
    def __init__(self, text: str, source: Source) -> None:
        self._text = text
        self._spans = sorted((span.start, span.end) for span in source.scalars)
        self._starts = [start for start, _ in self._spans]
        self._first: dict[int, Path] = {}
        for path, (line, column) in source.positions.keys.items():
            known = self._first.get(line)
            if path and (known is None or column < source.positions.keys[known][1]):
                self._first[line] = path
        self._comments = Comments()
        self._waiting: list[str] = []

    def run(self) -> Comments:
        offset = 0
        for number, line in enumerate(self._text.splitlines(keepends=True), start=1):
            self._line(number, line.rstrip("\r\n"), offset)
            offset += len(line)
        self._comments.end = _without_blank_edges(self._waiting)
        return self._comments

    def _line(self, number: int, line: str, offset: int) -> None:
        at = self._comment_start(line, offset)
        content = line if at is None else line[:at]
        comment = None if at is None else line[at:].rstrip()
        path = self._first.get(number)
        if path is not None and self._waiting:
            # What stands at the very beginning is about the whole file.
            first = not self._comments.above and number == min(self._first)
            self._comments.above[() if first else path] = self._waiting
            self._waiting = []
        if comment is not None and path is not None and content.strip():
            self._comments.behind[path] = comment
        elif comment is not None:
            self._waiting.append(comment)
        elif self._is_blank(line, offset) and (not self._waiting or self._waiting[-1]):
            self._waiting.append("")

    def _comment_start(self, line: str, offset: int) -> int | None:
        at = line.find("#")
        while at >= 0:
            if (at == 0 or line[at - 1] in " \t") and not self._inside(offset + at):
                return at
            at = line.find("#", at + 1)
        return None

    def _is_blank(self, line: str, offset: int) -> bool:
        return not line.strip() and not self._inside(offset)

    def _inside(self, index: int) -> bool:
        """Whether a position lies in a scalar."""
        nearest = bisect_right(self._starts, index) - 1
        return nearest >= 0 and index < self._spans[nearest][1]


def _without_blank_edges(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines
