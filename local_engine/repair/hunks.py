"""The user's hunks: where their files differ from what the generator wrote, one place each."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from local_engine.projects.extension_points import is_extension_point

_OWN = ("blueprint.yaml", "tests/", "proposed/")
"""What is no edit of generated code: the Blueprint, tests, what waits for a yes."""
_LONGEST = 20_000
"""Files of more lines are one hunk: comparing them line by line could take minutes."""


@dataclass(frozen=True)
class Hunk:
    """A stretch of a file that the user changed: lines from `start` (from 0) of the generated file.

    `lines` are those of the generator, `theirs` what the user has in their place. Of a file that
    only one of both has, `theirs` or `lines` is None: it is one hunk as a whole.
    """

    path: str
    start: int
    lines: tuple[bytes, ...] | None
    theirs: tuple[bytes, ...] | None

    @property
    def place(self) -> str:
        """Where it is, for people."""
        if self.lines is None:
            return f"{self.path} (your file)"
        if self.theirs is None:
            return f"{self.path} (which you removed)"
        return f"{self.path}:{self.start + 1}"

    @property
    def text(self) -> str:
        """What taking it back means, as the lines of a diff."""
        gone = [b"-" + line for line in self.theirs or ()]
        back = [b"+" + line for line in self.lines or ()]
        shown = [line if line.endswith(b"\n") else line + b"\n" for line in (*gone, *back)]
        return b"".join(shown).decode(errors="replace")


def hunks_of(generated: Mapping[str, bytes], present: Mapping[str, bytes]) -> list[Hunk]:
    """All hunks in generated code and among it, in the order of their paths and lines.

    Extension points, the Blueprint and tests are the user's by their nature, so no hunks.
    """
    found: list[Hunk] = []
    for path in sorted(generated.keys() | present.keys()):
        if not path.startswith(_OWN) and not is_extension_point(path):
            found += _of_file(path, generated.get(path), present.get(path))
    return found


def without(
    generated: Mapping[str, bytes], present: Mapping[str, bytes], taken_back: Collection[Hunk]
) -> dict[str, bytes | None]:
    """The files that change when these hunks are taken back, with their texts; None: it goes."""
    changed: dict[str, bytes | None] = {}
    for path in sorted({hunk.path for hunk in taken_back}):
        if path not in present or path not in generated:
            changed[path] = generated.get(path)
            continue
        lines = _lines(generated[path])
        for hunk in reversed(_of_file(path, generated[path], present[path])):
            if hunk not in taken_back:
                assert hunk.lines is not None
                lines[hunk.start : hunk.start + len(hunk.lines)] = hunk.theirs or ()
        changed[path] = b"".join(lines)
    return changed


def _of_file(path: str, generated: bytes | None, present: bytes | None) -> list[Hunk]:
    if generated == present:
        return []
    before = None if generated is None else _lines(generated)
    after = None if present is None else _lines(present)
    if before is None or after is None or max(len(before), len(after)) > _LONGEST:
        return [Hunk(path, 0, _fixed(before), _fixed(after))]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [
        Hunk(path, start, tuple(before[start:end]), tuple(after[start_there:end_there]))
        for tag, start, end, start_there, end_there in matcher.get_opcodes()
        if tag != "equal"
    ]


def _fixed(lines: list[bytes] | None) -> tuple[bytes, ...] | None:
    return None if lines is None else tuple(lines)


def _lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True)
