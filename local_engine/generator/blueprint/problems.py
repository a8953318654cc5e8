"""Problems of a Blueprint: where they are, what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

Path = tuple[str | int, ...]
"""Keys and list indexes from the root of a Blueprint: ("entities", "Order", "rules", 0)."""


class Severity(StrEnum):
    """How bad a problem is; only errors stop a Blueprint from being compiled."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    `path` is written out (`entities.Order.rules[0].check`), `line` and `column` begin with 1 and
    are None for a Blueprint that was not read from a text. `suggestion` is the word that was
    probably meant. `code` is stable: `unknown-field`, `syntax`, ...
    """

    path: str
    line: int | None
    column: int | None
    message: str
    suggestion: str | None
    severity: Severity
    code: str

    def __str__(self) -> str:
        where, line = self.path or "blueprint", f"line {self.line}"
        if self.line is not None and where != line:  # what is no YAML has no other path
            where = f"{line}: {where}"
        hint = f" Did you mean `{self.suggestion}`?" if self.suggestion else ""
        return f"{where}: {self.message}{hint}"


class BlueprintErrors(ValueError):
    """A Blueprint was refused; `problems` holds everything that is wrong, warnings included."""

    def __init__(self, problems: Sequence[Problem], filename: str | None = None) -> None:
        self.problems = tuple(problems)
        self.filename = filename
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        super().__init__("\n".join(str(problem) for problem in errors))


@dataclass(frozen=True)
class Positions:
    """Where each path of a Blueprint stands in its text: line and column, both from 1.

    `keys` are the beginnings of keys and list items, `values` those of their values. `misspelt`
    gives, for the path of a key as it should be, the key that is written instead.
    """

    keys: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    values: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    misspelt: dict[Path, str] = field(default_factory=dict)

    def written(self, path: Path) -> Path:
        """The path without the steps that short forms leave out of the text."""
        found: Path = ()
        meant: Path = ()
        for step in path:
            if (*found, step) in self.keys:
                found, meant = (*found, step), (*meant, step)
            elif (*meant, step) in self.misspelt:
                found, meant = (*found, self.misspelt[*meant, step]), (*meant, step)
        return found

    def of_key(self, path: Path) -> tuple[int | None, int | None]:
        """Line and column of the key that a path ends with (or of the nearest one around)."""
        return self.keys.get(self.written(path), (1, 1) if self.keys else (None, None))

    def of_value(self, path: Path) -> tuple[int | None, int | None]:
        """Line and column of the value that a path leads to (or of the nearest one around)."""
        return self.values.get(self.written(path), (1, 1) if self.keys else (None, None))


def path_text(path: Path) -> str:
    """The path as people write it: `entities.Order.rules[0].check`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else str(step)
    return text


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if there is one; the same for the same words."""
    words = sorted(set(known))
    by_lower = {candidate.lower(): candidate for candidate in reversed(words)}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


class ProblemList:
    """Collects problems and knows where their paths stand in the text."""

    def __init__(self, positions: Positions | None = None) -> None:
        self._positions = positions or Positions()
        self._problems: list[Problem] = []
        self._seen: set[tuple[str, str, str]] = set()
        self._muted: tuple[str, ...] = ()

    def mute(self, codes: tuple[str, ...]) -> None:
        """From now on leaves out problems with these codes: they only follow from others."""
        self._muted = codes

    def error(
        self,
        path: Path,
        code: str,
        message: str,
        suggestion: str | None = None,
        *,
        at_key: bool = False,
        offset: int = 0,
    ) -> None:
        """Notes an error at the value of a path (or its key), `offset` columns after its start."""
        self._add(Severity.ERROR, path, code, message, suggestion, at_key, offset)

    def warning(self, path: Path, code: str, message: str, suggestion: str | None = None) -> None:
        """Notes something that works but is probably not meant."""
        self._add(Severity.WARNING, path, code, message, suggestion, at_key=True, offset=0)

    def note_misspelt(self, path: Path, written: str) -> None:
        """Remembers that the last key of a path is written differently in the text."""
        self._positions.misspelt[path] = written

    def _add(
        self,
        severity: Severity,
        path: Path,
        code: str,
        message: str,
        suggestion: str | None,
        at_key: bool,
        offset: int,
    ) -> None:
        text = path_text(path)
        if code in self._muted or (text, code, message) in self._seen:
            return
        self._seen.add((text, code, message))
        locate = self._positions.of_key if at_key else self._positions.of_value
        line, column = locate(path)
        if column is not None:
            column += offset
        self._problems.append(Problem(text, line, column, message, suggestion, severity, code))

    @property
    def has_errors(self) -> bool:
        """Whether anything stops the Blueprint from being compiled."""
        return any(problem.severity is Severity.ERROR for problem in self._problems)

    def sorted(self) -> tuple[Problem, ...]:
        """All problems in the order of the text."""
        return tuple(
            sorted(self._problems, key=lambda problem: (problem.line or 0, problem.column or 0))
        )
