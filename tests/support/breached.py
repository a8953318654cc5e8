"""A running project in which one breach after another is made, and the verifier looks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path

from breaches import EXAMPLES, INITIAL, Breach

from local_engine.generator.blueprint import Application, load
from local_engine.projects import Project
from local_engine.runtime.preview.controls import PreviewControls, verification_controls
from local_engine.verification.checks import Check, Result, Verdict
from local_engine.verification.context import Context
from local_engine.verification.following import following_world
from local_engine.verification.groups import GROUPS
from local_engine.verification.http import Client
from local_engine.verification.judge import judge


class BreachedProject:
    """A project that is as it was generated, but for one breach at a time.

    The actors are made once; each breach begins on a database with them and nothing else, and the
    service is only restarted where its code is another one.
    """

    def __init__(self, application: Application, controls: PreviewControls, http: Client) -> None:
        self._controls = controls
        self._context = Context(application, controls, http)
        self._context.world = following_world(self._context)
        controls.save_template()
        self._context.reconnect()
        self._checks = [check for group in GROUPS for check in group.checks(application)]
        self._code = self._read()
        self._running = self._code

    def results(self, breach: Breach) -> list[Result]:
        """What the checks that should catch a breach come to, up to the first that fails."""
        with self._made(breach):
            results: list[Result] = []
            for check in self._chosen(breach.caught_by):
                results.append(judge(check, self._context, ()))
                if results[-1].verdict is Verdict.FAILED:
                    break
            return results

    def _chosen(self, pattern: str) -> list[Check]:
        chosen = [check for check in self._checks if re.search(pattern, check.id)]
        assert chosen, f"there is no check {pattern}"
        return chosen

    @contextmanager
    def _made(self, breach: Breach) -> Iterator[None]:
        """The project with this breach in its code and in its database."""
        try:
            if breach.code:
                breach.code(self._controls.project)
            self._run_present_code()
            self._context.reset()
            if breach.database:
                migration = self._controls.project / INITIAL
                self._controls.query(breach.database(migration.read_text()))
            yield
        finally:
            self._write(self._code)

    def _run_present_code(self) -> None:
        present = self._read()
        changed = [file for file, text in present.items() if text != self._running.get(file)]
        for file in changed:  # time and size of a source may be those of what was compiled before
            Path(cache_from_source(str(file))).unlink(missing_ok=True)
        if changed:
            self._context.restart()
        self._running = present

    def _read(self) -> dict[Path, str]:
        files = (self._controls.project / "app").rglob("*.py")
        return {file: file.read_text() for file in sorted(files)}

    def _write(self, code: dict[Path, str]) -> None:
        for file, text in code.items():
            if file.read_text() != text:
                file.write_text(text)


@contextmanager
def breached_project(example: str, folder: Path) -> Iterator[BreachedProject]:
    """The project of an example, generated into the folder and running."""
    folder.chmod(0o755)
    document = load((EXAMPLES / example / "blueprint.yaml").read_text())
    Project.create(folder / "project", document)
    with (
        verification_controls(folder / "project") as controls,
        Client(controls.base_url) as http,
    ):
        yield BreachedProject(document.application, controls, http)
