"""The edit that takes another one back: lines of the text, exactly as they were."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.document import Document
from local_engine.generator.blueprint.editing.edit import BaseEdit, Refusal
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import Node
from local_engine.generator.blueprint.problems import BlueprintErrors


class Hunk(Node):
    """Lines that give way to others."""

    line: int = Key(ge=1, description="The first of them, counted from 1.")
    remove: list[str] = Key(description="What must stand there, line by line.")
    insert: list[str] = Key(description="What stands there afterwards.")


class RestoreLines(BaseEdit):
    """Gives the text lines that it had before; made by `inverse_of`, byte for byte."""

    edit: Literal["restore_lines"] = "restore_lines"
    hunks: list[Hunk] = Key(description="In the order of the text; line numbers before the edit.")

    def apply(self, sheet: Sheet) -> None:
        """Replaces the lines. Refuses where the text is not the one that was left behind."""
        lines = sheet.text.split("\n")
        for hunk in reversed(self.hunks):
            begin, end = hunk.line - 1, hunk.line - 1 + len(hunk.remove)
            if lines[begin:end] != hunk.remove:
                message = f"The text has changed since at line {hunk.line}: it is not taken back."
                raise Refusal("hunks", "changed-since", message)
            lines[begin:end] = hunk.insert
        try:
            sheet.replace(Document("\n".join(lines)))
        except BlueprintErrors as errors:
            raise Refusal("hunks", "not-a-blueprint", errors.problems[0].message) from None


def inverse_of(before: str, after: str) -> RestoreLines:
    """The edit that makes `before` of `after`."""
    old, new = before.split("\n"), after.split("\n")
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    stop = 0
    while stop < min(len(old), len(new)) - start and old[-1 - stop] == new[-1 - stop]:
        stop += 1
    there, here = new[start : len(new) - stop], old[start : len(old) - stop]
    matcher = SequenceMatcher(None, there, here, autojunk=False)
    return RestoreLines(
        hunks=[
            Hunk(line=start + a + 1, remove=there[a:b], insert=here[c:d])
            for tag, a, b, c, d in matcher.get_opcodes()
            if tag != "equal"
        ]
    )
