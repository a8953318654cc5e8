"""Random sequences of everything that changes a project, against a model that is two stacks."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from projects import NOTES, RENAMED, STARRED, all_contents, assert_sound, notes_project, tree

from local_engine.generator.blueprint import load
from local_engine.projects import MergePending, NothingPending, NothingToUndo, Outcome, Project
from local_engine.projects.conflicts import Conflict
from local_engine.projects.trees import Entry

TEMPLATE = tempfile.TemporaryDirectory(prefix="template-")
BLUEPRINTS = {
    "notes": NOTES,
    "starred": STARRED,
    "renamed": RENAMED,
    "longer": NOTES.replace("max: 80", "max: 90"),
}
PATHS = [
    "README.md",
    "app/notes/schemas.py",
    "app/notes/repository.py",
    "app/notes/words.py",
    "app/memos/router.py",
    "app/memos",
    "mine.bin",
]
CONTENTS = st.sampled_from([b"# %s\n", b"\0%s", b"# %s\n{}", b"{}# %s\n"])
"""A mark that is like no other stands for `%s`, the file's present content for `{}`."""
MARK = re.compile(rb"mine-\d+")

Tree = dict[str, bytes]


def marks(files: Tree) -> set[bytes]:
    """The marks of all edits that are in the files."""
    return {mark for content in files.values() for mark in MARK.findall(content)}


class ProjectStates(RuleBasedStateMachine):
    """`done` are the trees that undo walks back through, `undone` those that redo brings back."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="states-"))
        template = Path(TEMPLATE.name) / "project"
        if not template.exists():
            notes_project(template)
        self.folder = self.place / "project"
        shutil.copytree(template, self.folder, symlinks=True)
        self.project = Project(self.folder)
        self.done: list[Tree] = [tree(self.folder)]
        self.undone: list[Tree] = []
        self.main: tuple[list[Tree], list[Tree]] | None = None
        self.owned: set[bytes] = set()
        self.waits = False
        self.edits = 0

    def notice(self) -> None:
        """What the model makes of changes that an operation finds."""
        present = tree(self.folder)
        self.owned |= set(present.values())
        if present != self.done[-1]:
            self.done.append(present)
            self.undone = []

    def made(self, outcome: Outcome) -> None:
        """What the model makes of a generation."""
        self.waits = outcome.pending is not None
        if outcome.version is not None:
            self.done.append(tree(self.folder))
            self.undone = []

    @rule(path=st.sampled_from(PATHS), content=CONTENTS)
    def edit(self, path: str, content: bytes) -> None:
        place = self.folder / path
        if place.is_dir() or any(parent.is_file() for parent in place.parents):
            return
        before = place.read_bytes() if place.is_file() else b""
        place.parent.mkdir(parents=True, exist_ok=True)
        self.edits += 1
        mark = b"mine-%d" % self.edits
        place.write_bytes(content.replace(b"%s", mark).replace(b"{}", before))

    @rule(module=st.sampled_from(["schemas.py", "repository.py", "router.py"]))
    def rewrite(self, module: str) -> None:
        """Replace what every generation changes: that must lead to a conflict."""
        for path in self.folder.glob(f"app/*s/{module}"):
            if path.parent.name in {"notes", "memos"}:
                self.edit(path.relative_to(self.folder).as_posix(), b"# %s\n")

    @rule(path=st.sampled_from(PATHS))
    def delete(self, path: str) -> None:
        if (self.folder / path).is_file():
            (self.folder / path).unlink()

    @rule(name=st.sampled_from(sorted(BLUEPRINTS)))
    def generate(self, name: str) -> None:
        self.notice()
        before = tree(self.folder)
        outcome = self.project.generate(load(BLUEPRINTS[name]), allow_drop=True)
        if outcome.pending is not None:
            assert tree(self.folder) == before
        elif outcome.version is not None:
            after = tree(self.folder)
            assert marks(before) <= marks(after), "an edit went without a question"
            gone = {path for path in PATHS if path in self.done[0]} - before.keys()
            if (name == "renamed") == ("app/memos/schemas.py" in before):
                assert not gone & after.keys(), "a deleted file came back without a question"
        self.made(outcome)

    @rule(side=st.sampled_from(["ours", "theirs", "proposed"]))
    def resolve(self, side: str) -> None:
        def choose(conflict: Conflict) -> Entry | None:
            entry: Entry | None = getattr(conflict, side)
            return entry

        if not self.waits:
            with pytest.raises(NothingPending):
                self.project.resolve_all(choose)
            return
        self.notice()
        outcome = self.project.resolve_all(choose)
        assert outcome.version is not None
        self.made(outcome)

    @precondition(lambda self: self.waits)
    @rule()
    def abandon(self) -> None:
        before = tree(self.folder)
        self.project.abandon()
        assert tree(self.folder) == before
        self.waits = False

    @rule()
    def undo(self) -> None:
        if self.waits:
            with pytest.raises(MergePending):
                self.project.undo()
            return
        self.notice()
        if len(self.done) == 1:
            with pytest.raises(NothingToUndo):
                self.project.undo()
            return
        self.project.undo()
        self.undone.append(self.done.pop())
        assert tree(self.folder) == self.done[-1]

    @precondition(lambda self: not self.waits)
    @rule()
    def redo(self) -> None:
        self.notice()
        if not self.undone:
            with pytest.raises(NothingToUndo):
                self.project.redo()
            return
        self.project.redo()
        self.done.append(self.undone.pop())
        assert tree(self.folder) == self.done[-1]

    @precondition(lambda self: not self.waits and self.main is None)
    @rule()
    def try_out(self) -> None:
        self.notice()
        self.project.try_out("trial")
        self.main = (list(self.done), list(self.undone))

    @precondition(lambda self: self.main is not None)
    @rule()
    def discard(self) -> None:
        assert self.main is not None
        self.notice()
        self.project.discard()
        (self.done, self.undone), self.main, self.waits = self.main, None, False
        assert tree(self.folder) == self.done[-1]

    @precondition(lambda self: self.main is not None and not self.waits)
    @rule()
    def keep(self) -> None:
        self.notice()
        self.project.keep()
        self.main = None

    @invariant()
    def the_store_knows_whether_something_waits(self) -> None:
        assert (self.project.pending() is not None) == self.waits

    def teardown(self) -> None:
        try:
            self.notice()
            self.project.notice()
            assert self.owned <= all_contents(self.folder)
            assert_sound(self.folder)
        finally:
            shutil.rmtree(self.place)


SETTINGS = settings(
    deadline=None,
    stateful_step_count=15,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_random_sequences() -> None:
    _run(SETTINGS, 12)


@pytest.mark.full
def test_many_random_sequences() -> None:
    _run(SETTINGS, 150)


def _run(chosen: settings, examples: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(ProjectStates, settings=settings(chosen, max_examples=examples))
