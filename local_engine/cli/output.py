"""What the commands print: colours on a terminal, plain lines when piped, or one JSON document."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from local_engine.jobs.ledger import Ledger


class Output:
    """Prints for people, or collects `facts` and prints them as JSON at the end.

    Everything for people goes to standard output, or to standard error when `as_json`, so that
    standard output then holds exactly one JSON document.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.facts: dict[str, Any] = {}
        self.at_end = ExitStack()
        """What is to be given back when the command ends."""
        self.ledgers: list[Ledger | None] = []
        """Where the command's jobs are written down, once that was asked for."""
        self._finished = False
        self._console: Console | None = None

    @property
    def console(self) -> Console:
        """The console for people (rich is imported at the first use)."""
        if self._console is None:
            from rich.console import Console

            stream = sys.stderr if self.as_json else sys.stdout
            width = None if stream.isatty() else 110
            self._console = Console(file=stream, width=width, highlight=False, soft_wrap=True)
        return self._console

    def aside(self) -> Output:
        """The same for people, on standard error: for what is no part of a piped result."""
        other = Output(as_json=True)
        other._finished = True
        return other

    def line(self, text: str = "", style: str = "") -> None:
        """One line of plain text (markup in it is not interpreted)."""
        self.console.print(text, style=style or None, markup=False)

    def field(self, label: str, value: str) -> None:
        """A labelled value, aligned with its neighbours."""
        from rich.text import Text

        self.console.print(Text.assemble((f"{label:<11}", "bold"), value))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> None:
        """A table; numbers should come as right-aligned text."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left")
        for column in columns:
            table.add_column(column.lstrip(">"), justify="right" if column[0] == ">" else "left")
        for row in rows:
            table.add_row(*[Text(cell) for cell in row])
        self.console.print(table)

    @contextmanager
    def step(self, name: str) -> Iterator[StepNote]:
        """Time a step and print it when it is done, or when it failed."""
        note = StepNote()
        started = time.perf_counter()
        live = self.console.status(f"{name} ...") if self.console.is_terminal else None
        if live:
            live.start()
        try:
            yield note
        except BaseException as end:
            if live:
                live.stop()
            seconds = time.perf_counter() - started
            if isinstance(end, KeyboardInterrupt):
                self._step_line("–", name, seconds, "stopped", "yellow")
            else:
                self._step_line("✗", name, seconds, "failed", "red")
            raise
        if live:
            live.stop()
        self.done(name, time.perf_counter() - started, note.text)

    def done(self, name: str, seconds: float, note: str = "") -> None:
        """A finished step with its time."""
        self.facts.setdefault("steps", []).append({"step": name, "seconds": round(seconds, 3)})
        self._step_line("✓", name, seconds, note, "green")

    def _step_line(self, mark: str, name: str, seconds: float, note: str, style: str) -> None:
        from rich.text import Text

        rest = f" {name:<22}{seconds:7.2f} s  {note}".rstrip()
        self.console.print(Text.assemble((mark, style), rest))

    def fail(self, message: str, hint: str = "") -> None:
        """Say on standard error what went wrong and what to do; in the JSON document too."""
        error(message, hint=hint)
        self.finish({"error": {"message": message, "hint": hint}})

    def interrupted(self) -> None:
        """Say that the command was ended from outside, and is no failure."""
        error("nothing that it started is left running", label="Stopped")
        self.finish({"interrupted": True})

    def finish(self, facts: Mapping[str, Any] | None = None) -> None:
        """Print the JSON document, once, where JSON was asked for."""
        self.facts.update(facts or {})
        if self.as_json and not self._finished:
            self._finished = True
            print(json.dumps(self.facts, indent=2, ensure_ascii=False, default=str))


class StepNote:
    """What a step has to say about its result, printed at the end of its line."""

    def __init__(self) -> None:
        self.text = ""


def error(message: str, *, hint: str = "", label: str = "Error") -> None:
    """Say on standard error what went wrong and what to do."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
    console.print(Text.assemble((f"{label}: ", "bold red"), message))
    if hint:
        console.print(Text.assemble(("  → ", "yellow"), hint))
