"""Versions: history, names, reports, undo and redo, going back, comparing."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import NOTES, STARRED, assert_sound, edit_blueprint, git, notes_project, tree

from local_engine.projects import (
    Cause,
    MergePending,
    NoSuchVersion,
    NothingToUndo,
    Project,
    Version,
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return notes_project(tmp_path / "notes")


def put(project: Project, text: str) -> Version:
    """Change a file by hand, and let it be noticed."""
    (project.folder / "mine.txt").write_text(text)
    version = project.notice()
    assert version is not None
    return version


def mine(project: Project) -> str | None:
    path = project.folder / "mine.txt"
    return path.read_text() if path.exists() else None


def test_nothing_is_noticed_where_nothing_changed(project: Project) -> None:
    assert project.notice() is None
    (project.folder / "README.md").touch()
    assert project.notice() is None
    assert len(project.history().versions) == 1


def test_a_change_of_equal_length_is_noticed(project: Project) -> None:
    put(project, "one\n")
    for text in ("two\n", "six\n", "ten\n"):
        assert put(project, text).record.title == "Edited mine.txt"


def test_pages_of_the_history(project: Project) -> None:
    for number in range(5):
        put(project, f"{number}\n")
    first = project.history(limit=4)
    assert [version.record.cause for version in first.versions] == [Cause.OUTSIDE] * 4
    assert first.next is not None
    second = project.history(limit=4, start=first.next)
    assert [version.record.cause for version in second.versions] == [Cause.OUTSIDE, Cause.EDIT]
    assert second.next is None


def test_undo_and_redo_go_step_by_step(project: Project) -> None:
    for text in ("one\n", "two\n", "three\n"):
        put(project, text)
    for expected in ("two\n", "one\n", None):
        project.undo()
        assert mine(project) == expected
    with pytest.raises(NothingToUndo):
        project.undo()
    for expected in ("one\n", "two\n", "three\n"):
        project.redo()
        assert mine(project) == expected
    with pytest.raises(NothingToUndo):
        project.redo()
    project.undo()
    assert mine(project) == "two\n"
    assert_sound(project.folder)


def test_a_change_after_undo_empties_redo(project: Project) -> None:
    put(project, "one\n")
    put(project, "two\n")
    project.undo()
    put(project, "other\n")
    with pytest.raises(NothingToUndo):
        project.redo()
    project.undo()
    assert mine(project) == "one\n"
    project.undo()
    assert mine(project) is None


def test_what_was_changed_by_hand_is_kept_before_undo(project: Project) -> None:
    put(project, "one\n")
    (project.folder / "mine.txt").write_text("two\n")
    project.undo()
    assert mine(project) == "one\n"
    project.redo()
    assert mine(project) == "two\n"


def test_undo_of_a_generation_takes_code_and_blueprint_back(project: Project) -> None:
    (project.folder / "README.md").write_text("mine\n")
    project.notice()
    before = tree(project.folder)
    project.generate(edit_blueprint(project, STARRED))
    after = tree(project.folder)
    project.undo()
    assert tree(project.folder) == before
    assert project.blueprint_of_code() is not None
    code = project.blueprint_of_code()
    assert code is not None
    assert code.text == NOTES
    project.redo()
    assert tree(project.folder) == after
    assert_sound(project.folder)


def test_going_back_to_any_version(project: Project) -> None:
    one = put(project, "one\n")
    put(project, "two\n")
    project.name(one, "the good one")
    version = project.go_back(project.find("the good one"))
    assert mine(project) == "one\n"
    assert version.record.cause is Cause.RESTORE
    project.undo()
    assert mine(project) == "two\n"


def test_finding_a_version(project: Project) -> None:
    version = put(project, "one\n")
    assert project.find(version.id[:8]) == version
    assert project.find(version.id) == version
    for wanted in ("nothing", "0000", version.id[:3]):
        with pytest.raises(NoSuchVersion):
            project.find(wanted)
    named = project.name(version, "release")
    assert project.find("release") == named
    project.name(version, None)
    with pytest.raises(NoSuchVersion):
        project.find("release")


def test_comparing_two_versions(project: Project) -> None:
    old = project.head()
    (project.folder / "mine.txt").write_text("one\n")
    (project.folder / "compose.yaml").unlink()
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.version is not None
    found = project.compare(old, outcome.version)
    assert any("new field `stars`" in text for text in found.changes)
    assert "mine.txt" in found.added
    assert "compose.yaml" in found.removed
    assert "app/notes/schemas.py" in found.changed
    assert found.migration is not None
    assert "stars" in found.migration.up
    text = project.text_difference(old, outcome.version, "blueprint.yaml")
    assert "+      stars: {type: integer, default: 0}" in text
    back = project.compare(outcome.version, old)
    assert any("removed" in text for text in back.changes)


def test_a_version_with_a_broken_blueprint_can_be_compared(project: Project) -> None:
    old = project.head()
    (project.folder / "blueprint.yaml").write_text("nonsense: [")
    version = project.notice()
    assert version is not None
    found = project.compare(old, version)
    assert found.unreadable is not None
    assert found.changed == ("blueprint.yaml",)


def test_reports_are_kept_with_versions(project: Project) -> None:
    version = project.head()
    assert project.report(version) is None
    project.attach_report(version, b'{"verdict": "passed"}', "passed")
    assert project.report(version) == b'{"verdict": "passed"}'
    git(project.folder, "gc", "--prune=now", "--quiet")
    assert project.report(version) == b'{"verdict": "passed"}'


def test_commits_of_git_are_versions_too(project: Project) -> None:
    (project.folder / "mine.txt").write_text("one\n")
    git(project.folder, "add", "mine.txt")
    git(project.folder, "commit", "-q", "-m", "By hand")
    version = project.head()
    assert (version.record.cause, version.record.title) == (Cause.OUTSIDE, "By hand")
    project.undo()
    assert mine(project) is None
    project.redo()
    assert mine(project) == "one\n"
    assert_sound(project.folder)


def test_no_undo_while_a_merge_waits(project: Project) -> None:
    (project.folder / "app/notes/schemas.py").unlink()
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    with pytest.raises(MergePending):
        project.undo()
    project.abandon()
    project.undo()


def test_everything_survives_gits_housekeeping(project: Project) -> None:
    put(project, "one\n")
    (project.folder / "app/notes/schemas.py").unlink()
    project.generate(edit_blueprint(project, STARRED))
    before = project.pending()
    assert before is not None
    git(project.folder, "gc", "--prune=now", "--quiet")
    git(project.folder, "pack-refs", "--all")
    assert project.pending() == before
    project.resolve_all(lambda conflict: conflict.theirs)
    project.undo()
    put(project, "two\n")
    assert_sound(project.folder)


def test_applying_changes_as_a_repair(project: Project) -> None:
    version = project.apply(
        {"app/extra.py": b"x = 1\n", "compose.yaml": None}, Cause.REPAIR, "Mend it"
    )
    assert version.record.cause is Cause.REPAIR
    assert (project.folder / "app/extra.py").read_text() == "x = 1\n"
    assert not (project.folder / "compose.yaml").exists()
    for path in ("../x", "/x", ".git/config", "a/../../x", ""):
        with pytest.raises(ValueError, match="inside of a project"):
            project.apply({path: b""}, Cause.REPAIR, "Break out")


def test_trying_something_out(project: Project) -> None:
    put(project, "one\n")
    before = tree(project.folder)
    assert project.try_out("colours") == "try/colours"
    project.generate(edit_blueprint(project, STARRED))
    put(project, "tried\n")
    tried = tree(project.folder)
    project.discard()
    assert tree(project.folder) == before
    assert project.branch == "main"
    assert_sound(project.folder)
    (item,) = project.given_up()
    assert item.name == "colours"
    assert project.have_back(item) == "try/colours"
    assert tree(project.folder) == tried
    project.keep()
    assert tree(project.folder) == tried
    assert project.branch == "main"
    project.undo()
    assert mine(project) == "one\n"
    assert_sound(project.folder)


def test_generating_on_the_main_line_after_a_trial(project: Project) -> None:
    project.try_out("colours")
    project.generate(edit_blueprint(project, STARRED))
    project.discard()
    outcome = project.generate(edit_blueprint(project, STARRED.replace("stars", "likes")))
    assert outcome.pending is None
    assert outcome.migration is not None
    assert "stars" not in (project.folder / f"{outcome.migration}.up.sql").read_text()
    assert git(project.folder, "branch", "--format=%(refname:short)").split() == [
        "generated",
        "main",
    ]
