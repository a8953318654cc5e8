"""What a model is given to repair, and what it proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from local_engine.generator.agents.providers import Usage
from local_engine.generator.agents.providers.usage import NOTHING_USED
from local_engine.generator.blueprint import Document
from local_engine.generator.blueprint.editing import BaseEdit


@dataclass(frozen=True)
class Failure:
    """A failing check: what should hold, what was expected and found; requests, a line each."""

    check: str
    sentence: str
    expected: str
    found: str
    requests: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExtensionPoint:
    """A file of `app/extensions` as it is, and as the generator wrote it: with an empty body."""

    path: str
    text: str
    stub: str


@dataclass(frozen=True)
class RepairTask:
    """What fails in the project of a Blueprint.

    With an `extension`, its body is to be mended, else the Blueprint. `trace` are the last lines of
    what the service wrote about it, `earlier` says what was tried and what came of it.
    """

    document: Document
    failures: tuple[Failure, ...]
    trace: str = ""
    extension: ExtensionPoint | None = None
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A patch: `edits` of the Blueprint or `files` by path; neither where there is a `problem`.

    `why` are the model's words, `is_over` says that asking again is of no use.
    """

    edits: tuple[BaseEdit, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    problem: str = ""
    is_over: bool = False
    models: tuple[str, ...] = ()
    used: Usage = NOTHING_USED
