"""A Blueprint with the text that it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from local_engine.generator.blueprint.canonical import rewrite
from local_engine.generator.blueprint.collection import no_collection
from local_engine.generator.blueprint.comments import Comments, comments_of
from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.problems import (
    BlueprintErrors,
    Positions,
    Problem,
    ProblemList,
    Severity,
)
from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.blueprint.resolving.application import resolve_application
from local_engine.generator.blueprint.validation import Reading, read_blueprint
from local_engine.generator.blueprint.yaml import MAX_BYTES, TOO_LARGE, Source, read_yaml

_BEYOND = len(b"\xef\xbb\xbf") + 1  # more than a byte order mark, which does not count

_FOLLOWING = (
    "expression",
    "unknown-field",
    "unknown-relation",
    "unknown-entity",
    "unknown-actor",
    "type-mismatch",
    "unused",
)
"""Codes of problems that often only follow from a part that could not be read."""


class Document:
    """The text of a Blueprint, its model, and the resolved application.

    `blueprint` and `application` raise BlueprintErrors, which always hold all problems at once.
    """

    def __init__(self, text: str, filename: str | None = None) -> None:
        self.text = text
        self.filename = filename

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, in the order of the text; warnings included."""
        _ = self._resolution
        return self._problems.sorted()

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What works but is probably not meant."""
        return tuple(found for found in self.problems if found.severity is Severity.WARNING)

    @property
    def blueprint(self) -> Blueprint:
        """The source model. Raises BlueprintErrors if there is any error."""
        self._raise_errors()
        assert self._reading.blueprint is not None
        return self._reading.blueprint

    @property
    def draft(self) -> Blueprint | None:
        """The model as far as it could be read, whatever is wrong with it; None if not at all."""
        return self._reading.blueprint

    @property
    def application(self) -> Application:
        """The resolved Blueprint. Raises BlueprintErrors if there is any error."""
        self._raise_errors()
        assert self._resolution is not None
        return self._resolution

    @property
    def is_read(self) -> bool:
        """Whether the text is a Blueprint by its form, whatever is wrong with what it says."""
        return self._reading.clean

    def with_blueprint(self, blueprint: Blueprint) -> Document:
        """A new document with another content and the comments of this one, in canonical form.

        Raises BlueprintErrors if this document's text could not be read.
        """
        return Document(rewrite(self.text, blueprint), self.filename)

    @property
    def comments(self) -> Comments:
        """The comments of the text, at the paths that they stand at."""
        return comments_of(self.text, self._source)

    @property
    def positions(self) -> Positions:
        """Where everything stands in the text."""
        return self._source.positions

    def _raise_errors(self) -> None:
        problems = self.problems
        if any(found.severity is Severity.ERROR for found in problems):
            raise BlueprintErrors(problems, self.filename)

    @cached_property
    @no_collection()
    def _read(self) -> tuple[Source, ProblemList]:
        return read_yaml(self.text)

    @property
    def _source(self) -> Source:
        return self._read[0]

    @property
    def _problems(self) -> ProblemList:
        return self._read[1]

    @cached_property
    @no_collection()
    def _reading(self) -> Reading:
        if self._problems.has_errors and self._source.data is None:
            return Reading(None)
        reading = read_blueprint(self._source.data, self._problems)
        reading.clean = not self._problems.has_errors
        return reading

    @cached_property
    @no_collection()
    def _resolution(self) -> Application | None:
        reading = self._reading
        if reading.blueprint is None:
            return None
        if reading.incomplete:
            self._problems.mute(_FOLLOWING)
        return resolve_application(reading.blueprint, self._problems)


def load(text: str, *, filename: str | None = None) -> Document:
    """The document of a text. Nothing is raised before its content is asked for."""
    return Document(text, filename)


def load_file(path: FilePath | str) -> Document:
    """The document of a file; raises OSError, and BlueprintErrors if it is not UTF-8.

    One that is too large is never read whole.
    """
    with FilePath(path).open("rb") as file:
        content = file.read(MAX_BYTES + _BEYOND)
    if len(content) == MAX_BYTES + _BEYOND:
        problem = Problem("", 1, 1, TOO_LARGE, None, Severity.ERROR, "too-large")
        raise BlueprintErrors([problem], str(path))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = Problem("", line, 1, "The file is not UTF-8.", None, Severity.ERROR, "not-utf-8")
        raise BlueprintErrors([problem], str(path)) from None
    return Document(text, str(path))


def problems_of(data: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Everything that is wrong with a Blueprint that is plain data; warnings included."""
    problems = ProblemList()
    reading = read_blueprint(data, problems)
    if reading.blueprint is not None:
        if reading.incomplete:
            problems.mute(_FOLLOWING)
        resolve_application(reading.blueprint, problems)
    return problems.sorted()


def resolve(blueprint: Blueprint) -> Application:
    """The resolved form of a Blueprint that has no text. Raises BlueprintErrors."""
    problems = ProblemList()
    application = resolve_application(blueprint, problems)
    if problems.has_errors:
        raise BlueprintErrors(problems.sorted())
    return application
