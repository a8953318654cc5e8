"""Making, finding and deleting projects."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.api.confirmations import Confirmations
from local_engine.api.features.jobs.service import refusing
from local_engine.api.problems import Problem
from local_engine.jobs import Jobs
from local_engine.jobs.settings import SettingsStore
from local_engine.projects.atomic_file import write_atomically
from local_engine.projects.index import Entry, ProjectIndex
from local_engine.projects.trash import Trash

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Document

BLUEPRINT = "blueprint.yaml"
_SIGNS = ("app/main.py", "migrations/0001_core.up.sql")
_COUNTED = 10_000


class Projects:
    """The projects of this user: the list, and the folders behind it."""

    def __init__(self, home: Path, settings: SettingsStore) -> None:
        self._settings = settings
        self.trash = Trash(home)
        self.catalogue = ProjectIndex(home)
        self._confirmations = Confirmations()
        self._lock = threading.Lock()

    def get(self, project: str) -> Entry:
        """The project with this id. Raises `Problem` 404."""
        found = self.catalogue.get(project)
        if found is None:
            raise Problem(404, "no-such-project", "There is no project with this id.")
        return found

    def folder(self, project: str) -> Path:
        """The folder of a project. Raises `Problem` 404, also when the folder is gone."""
        entry = self.get(project)
        if not entry.folder.is_dir():
            raise Problem(
                404,
                "folder-gone",
                f"{entry.folder} is not there. If you moved it, open it where it is now.",
            )
        return entry.folder

    def begin(self, document: Document, name: str | None, tags: list[str]) -> Entry:
        """A new folder with nothing but the Blueprint in it. Raises `OSError`."""
        application = document.application
        parent = self.usual_folder
        parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            folder = _free_folder(parent, application.slug)
            folder.mkdir()
        try:
            entry = self.catalogue.begin(folder.resolve(), name or application.name, tuple(tags))
            try:
                write_atomically(folder / BLUEPRINT, document.text.encode())
            except Exception:
                self.catalogue.remove(entry.id)
                raise
        except Exception:
            shutil.rmtree(folder)  # made just now, and nobody knows of it
            raise
        return entry

    def open(self, folder: Path) -> Entry:
        """Put a folder with a project on the list. Raises `Problem` when there is none."""
        place = folder.resolve()
        if not (place / BLUEPRINT).is_file():
            raise Problem(
                404, "no-project-there", f"{place} holds no project: it has no {BLUEPRINT}."
            )
        entry = self.catalogue.add(place, place.name[:100])
        self.catalogue.opened(entry.id)
        return self.get(entry.id)

    def discover(self) -> None:
        """Put projects that lie in the usual folder on the list, as after its loss."""
        parent = self.usual_folder
        known = {entry.folder for entry in self.catalogue.all()}
        for found in sorted(parent.glob(f"*/{BLUEPRINT}")):
            folder = found.parent.resolve()
            if folder not in known and is_made(str(folder)):
                self.catalogue.add(folder, folder.name[:100])

    def ask_to_delete(self, project: str) -> tuple[str, int, Path]:
        """A confirmation for deleting, how many files would go, and where to.

        Raises `Problem` 409 for one that is deployed.
        """
        entry = self.get(project)
        _require_not_deployed(entry.folder)
        files = (name for _, _, names in os.walk(entry.folder) for name in names)
        count = sum(1 for _ in itertools.islice(files, _COUNTED))
        return self._confirmations.give(project), count, self.trash.folder

    def delete(self, project: str, confirmation: str) -> None:
        """Move a project's folder into the trash and take it off the list."""
        entry = self.get(project)
        self._confirmations.take(project, confirmation)
        _require_not_deployed(entry.folder)
        if entry.folder.is_dir():
            self.trash.put(entry)
        self.catalogue.remove(project)

    @property
    def usual_folder(self) -> Path:
        """Where new projects go."""
        return Path(self._settings.read().projects_folder)


def _require_not_deployed(folder: Path) -> None:
    from local_engine.runtime.docker.managing import deployed_from

    if deployed_from(folder) is not None:
        raise Problem(
            409,
            "deployed",
            "This project is deployed to Docker. Remove the deployment first; its data stays "
            "unless that is to go, too.",
        )


def is_made(folder: str) -> bool:
    """Whether a project's code was generated into the folder."""
    first, second = _SIGNS
    return os.access(f"{folder}/{first}", os.F_OK) and os.access(f"{folder}/{second}", os.F_OK)


def plan_document(prompt: str) -> Document:
    """The Blueprint of a prompt. Raises `Problem` when nothing says what to build."""
    from local_engine.generator.blueprint import load
    from local_engine.generator.planner import PlanningError, plan

    try:
        return load(plan(prompt).text)
    except PlanningError as error:
        hint = f" ({error.hint})" if error.hint else ""
        raise Problem(422, "not-understood", error.message + hint) from None


def imported_blueprint(jobs: Jobs, job: str) -> tuple[str, str]:
    """The Blueprint that a job imported, and a title for the version. Raises `Problem` 404."""
    with refusing():
        found = jobs.get(job)
    result = found.result or {}
    if found.kind != "import" or "blueprint" not in result:
        raise Problem(404, "no-such-import", "This job imported nothing.")
    return str(result["blueprint"]), f"Imported from {result['source']}"


@dataclass(frozen=True)
class Planned:
    """What a job planned: the Blueprint, the prompt, how it was made, and functions for it."""

    blueprint: str
    title: str
    making: dict[str, Any]
    written: dict[str, str]


def planned_blueprint(jobs: Jobs, job: str) -> Planned:
    """What a job planned. Raises `Problem` 404."""
    with refusing():
        found = jobs.get(job)
    result = found.result or {}
    if found.kind != "plan" or "blueprint" not in result:
        raise Problem(404, "no-such-plan", "This job planned nothing.")
    title = str(found.request["prompt"])
    making = result.get("making") or {"via": "no-model"}
    return Planned(str(result["blueprint"]), title, making, result.get("extensions") or {})


def _free_folder(parent: Path, slug: str) -> Path:
    word = re.sub(r"[^a-z0-9-]+", "-", slug.lower()).strip("-") or "project"
    for number in itertools.count(1):
        folder = parent / (word if number == 1 else f"{word}-{number}")
        if not folder.exists():
            return folder
    raise AssertionError("numbers do not end")
