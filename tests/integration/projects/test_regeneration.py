"""Generating again: what the user made survives, and where both changed a thing they are asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from projects import (
    NOTES,
    RENAMED,
    STARRED,
    all_contents,
    assert_sound,
    edit_blueprint,
    git,
    notes_project,
    tree,
)

from local_engine.generator.blueprint import load
from local_engine.projects import (
    Cause,
    ConflictKind,
    NothingPending,
    Project,
    UnsolvedConflicts,
)

SCHEMAS = "app/notes/schemas.py"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return notes_project(tmp_path / "notes")


def write(project: Project, path: str, content: str | bytes) -> None:
    place = project.folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)


def read(project: Project, path: str) -> str:
    return (project.folder / path).read_text()


def break_line(project: Project, path: str, line: str, mine: str) -> None:
    """Change a line that the next generation will change too."""
    text = read(project, path)
    assert line in text, text
    write(project, path, text.replace(line, mine, 1))


def conflicting(project: Project) -> str:
    """An edit that conflicts with the field `stars`; returns the edited text."""
    path = "app/notes/repository.py"
    line = next(line for line in read(project, path).splitlines() if "INSERT INTO notes" in line)
    break_line(project, path, line, f"{line} -- mine")
    return read(project, path)


def test_an_edit_and_a_change_elsewhere_in_the_file_join(project: Project) -> None:
    write(project, SCHEMAS, read(project, SCHEMAS) + "\n\nMINE = 1\n")
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is None
    assert "stars" in read(project, SCHEMAS)
    assert read(project, SCHEMAS).endswith("MINE = 1\n")
    assert outcome.kept == (SCHEMAS,)
    assert_sound(project.folder)


def test_edits_are_the_users_own_commit(project: Project) -> None:
    write(project, "README.md", "mine\n")
    git(project.folder, "config", "user.name", "Ann")
    git(project.folder, "config", "user.email", "ann@example.com")
    project.generate(edit_blueprint(project, STARRED))
    versions = project.history().versions
    assert [version.record.cause for version in versions] == [
        Cause.EDIT,
        Cause.OUTSIDE,
        Cause.EDIT,
    ]
    assert versions[1].author == "Ann <ann@example.com>"
    assert git(project.folder, "log", "--format=%s", "--first-parent", "main").count("\n") == 3
    assert "mine" not in git(project.folder, "show", "generated:README.md")


def test_a_conflict_changes_nothing_and_can_be_seen(project: Project) -> None:
    mine = conflicting(project)
    write(project, "new.txt", "mine too\n")
    document = edit_blueprint(project, STARRED)
    before = tree(project.folder)
    outcome = project.generate(document)
    assert outcome.version is None
    assert outcome.pending is not None
    assert tree(project.folder) == before
    (conflict,) = outcome.pending.open
    assert conflict.kind is ConflictKind.BOTH_CHANGED
    assert project.content_of(conflict.ours) == mine.encode()
    assert b"stars" in (project.content_of(conflict.theirs) or b"")
    assert b"stars" not in (project.content_of(conflict.base) or b"")
    proposed = project.content_of(conflict.proposed) or b""
    assert b"-- mine" in proposed
    assert b"stars" in proposed
    assert b"<<<<" not in proposed
    assert Project(project.folder).pending() == outcome.pending


@pytest.mark.parametrize("side", ["ours", "theirs", "proposed"])
def test_a_side_is_taken(project: Project, side: str) -> None:
    conflicting(project)
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    (conflict,) = outcome.pending.open
    wanted = project.content_of(getattr(conflict, side))
    done = project.resolve(conflict.path, lambda found: getattr(found, side))
    assert done.version is not None
    assert (project.folder / conflict.path).read_bytes() == wanted
    assert "stars" in read(project, SCHEMAS)
    assert read(project, "blueprint.yaml") == STARRED
    assert project.pending() is None
    assert_sound(project.folder)


def test_a_text_of_ones_own_is_taken(project: Project) -> None:
    conflicting(project)
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    (conflict,) = outcome.pending.open
    project.resolve_with(conflict.path, b"\xff mine\n")
    assert (project.folder / conflict.path).read_bytes() == b"\xff mine\n"


def test_completing_waits_for_every_decision(project: Project) -> None:
    conflicting(project)
    (project.folder / SCHEMAS).unlink()
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    paths = [conflict.path for conflict in outcome.pending.open]
    assert paths == ["app/notes/repository.py", SCHEMAS]
    after = project.resolve(paths[0], lambda found: found.ours)
    assert after.pending is not None
    with pytest.raises(UnsolvedConflicts) as caught:
        project.complete()
    assert caught.value.paths == (SCHEMAS,)
    with pytest.raises(KeyError):
        project.resolve("README.md", lambda found: found.ours)
    done = project.resolve_all(lambda found: found.proposed)
    assert done.version is not None
    assert not (project.folder / SCHEMAS).exists()


def test_abandoning_leaves_everything_and_keeps_the_decisions(project: Project) -> None:
    conflicting(project)
    (project.folder / SCHEMAS).unlink()
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    project.resolve_with("app/notes/repository.py", b"decided\n")
    before = tree(project.folder)
    project.abandon()
    assert project.discarded() == []  # it is given up, but no trial
    assert tree(project.folder) == before
    assert project.pending() is None
    assert b"decided\n" in all_contents(project.folder)
    with pytest.raises(NothingPending):
        project.abandon()
    with pytest.raises(NothingPending):
        project.complete()


def test_generating_again_takes_the_same_decisions_over(project: Project) -> None:
    conflicting(project)
    (project.folder / SCHEMAS).unlink()
    document = edit_blueprint(project, STARRED)
    project.generate(document)
    project.resolve_with("app/notes/repository.py", b"decided\n")
    outcome = project.generate(document)
    assert outcome.pending is not None
    assert [conflict.path for conflict in outcome.pending.open] == [SCHEMAS]
    project.resolve(SCHEMAS, lambda found: found.theirs)
    assert read(project, "app/notes/repository.py") == "decided\n"
    assert "stars" in read(project, SCHEMAS)


def test_edits_while_a_merge_waits_are_merged_too(project: Project) -> None:
    mine = conflicting(project)
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    (conflict,) = outcome.pending.open
    write(project, "README.md", "later\n" + read(project, "README.md"))
    write(project, conflict.path, mine + "# later\n")
    with pytest.raises(UnsolvedConflicts):
        project.complete()
    project.resolve(conflict.path, lambda found: found.ours)
    assert read(project, conflict.path).endswith("# later\n")
    assert read(project, "README.md").startswith("later\n")
    assert_sound(project.folder)


def test_the_next_generation_compares_with_what_was_merged(project: Project) -> None:
    conflicting(project)
    project.generate(edit_blueprint(project, STARRED))
    project.abandon()
    git(project.folder, "checkout", "--", ".")
    outcome = project.generate(edit_blueprint(project, NOTES.replace("80", "90")))
    assert outcome.pending is None
    assert outcome.migration is not None
    assert outcome.migration.startswith("migrations/0003_")
    assert not any("stars" in name for name in tree(project.folder))


def test_a_file_deleted_by_hand_stays_deleted(project: Project) -> None:
    (project.folder / "compose.yaml").unlink()
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is None
    assert not (project.folder / "compose.yaml").exists()
    assert "compose.yaml" in outcome.kept


def test_deleted_by_hand_and_changed_by_the_generator(project: Project) -> None:
    (project.folder / SCHEMAS).unlink()
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    (conflict,) = outcome.pending.open
    assert conflict.kind is ConflictKind.YOU_DELETED
    assert (conflict.ours, conflict.proposed) == (None, None)
    project.resolve(SCHEMAS, lambda found: found.theirs)
    assert "stars" in read(project, SCHEMAS)


def test_changed_by_hand_and_no_longer_generated(project: Project) -> None:
    write(project, "tests/test_notes.py", "# mine\n")
    two = NOTES + NOTES.partition("entities:\n")[2].replace("Note:", "Memo:")
    project.generate(load(two))
    outcome = project.generate(load(NOTES.replace("Note:", "Memo:")), allow_drop=True)
    assert outcome.pending is not None
    (conflict,) = [found for found in outcome.pending.open if found.path == "tests/test_notes.py"]
    assert conflict.kind is ConflictKind.GENERATOR_DELETED
    project.resolve_all(lambda found: found.proposed)
    assert read(project, "tests/test_notes.py") == "# mine\n"
    assert not (project.folder / "app/notes").exists()


def test_a_file_of_the_user_where_a_generated_one_comes(project: Project) -> None:
    write(project, "app/memos/router.py", "# mine\n")
    two = NOTES + NOTES.partition("entities:\n")[2].replace("Note:", "Memo:")
    outcome = project.generate(edit_blueprint(project, two))
    assert outcome.pending is not None
    (conflict,) = outcome.pending.open
    assert (conflict.path, conflict.kind) == ("app/memos/router.py", ConflictKind.BOTH_ADDED)
    project.resolve_all(lambda found: found.proposed)
    assert "APIRouter" in read(project, "app/memos/router.py")
    assert b"# mine\n" in all_contents(project.folder)


def test_a_file_of_the_user_where_a_generated_folder_comes(project: Project) -> None:
    write(project, "app/memos", "# mine\n")
    two = NOTES + NOTES.partition("entities:\n")[2].replace("Note:", "Memo:")
    outcome = project.generate(edit_blueprint(project, two))
    assert outcome.pending is not None
    (conflict,) = outcome.pending.open
    assert (conflict.path, conflict.kind) == ("app/memos", ConflictKind.FOLDER)
    project.resolve_all(lambda found: found.proposed)
    assert "APIRouter" in read(project, "app/memos/router.py")
    assert b"# mine\n" in all_contents(project.folder)
    assert_sound(project.folder)


def test_bytes_that_are_no_text(project: Project) -> None:
    write(project, "logo.bin", b"\0\1\2")
    write(project, "latin.txt", b"caf\xe9\n")
    (project.folder / os.fsdecode(b"na\xefve.txt")).write_text("name\n")
    write(project, SCHEMAS, b"\0 not text")
    outcome = project.generate(edit_blueprint(project, STARRED))
    assert outcome.pending is not None
    (conflict,) = outcome.pending.open
    assert conflict.kind is ConflictKind.NOT_TEXT
    project.resolve_all(lambda found: found.proposed)
    assert (project.folder / SCHEMAS).read_bytes() == b"\0 not text"
    assert {b"\0\1\2", b"caf\xe9\n", b"name\n"} <= all_contents(project.folder)
    assert_sound(project.folder)


def test_a_program_stays_one(project: Project) -> None:
    write(project, "run.sh", "#!/bin/sh\n")
    (project.folder / "run.sh").chmod(0o755)
    (project.folder / "link").symlink_to("run.sh")
    (project.folder / SCHEMAS).chmod(0o755)
    project.generate(edit_blueprint(project, STARRED))
    assert os.access(project.folder / SCHEMAS, os.X_OK)
    project.undo()
    project.undo()
    assert not (project.folder / "run.sh").exists()
    project.redo()
    assert os.access(project.folder / "run.sh", os.X_OK)
    assert (project.folder / "link").readlink() == Path("run.sh")
    assert_sound(project.folder)


def test_a_renamed_entity_takes_the_edits_along(project: Project) -> None:
    router = "app/notes/router.py"
    text = read(project, router)
    line = next(line for line in text.splitlines() if line.startswith("async def"))
    write(project, router, text.replace(line, f"# mine: {line.split('(')[0]}\n{line}"))
    write(project, "app/notes/words.py", "WORDS = 1\n")
    (project.folder / "tests/test_notes.py").unlink()
    outcome = project.generate(edit_blueprint(project, RENAMED))
    assert outcome.pending is None
    assert not (project.folder / "app/notes").exists()
    moved = read(project, "app/memos/router.py")
    assert f"# mine: {line.split('(')[0]}".replace("note", "memo") in moved
    assert read(project, "app/memos/words.py") == "WORDS = 1\n"
    assert not (project.folder / "tests/test_memos.py").exists()
    compile(moved, "router.py", "exec")
    project.undo()
    assert read(project, router).count("# mine") == 1
    assert_sound(project.folder)


def test_a_rename_and_a_change_at_once(project: Project) -> None:
    schemas = read(project, SCHEMAS)
    write(project, SCHEMAS, schemas + "\n\nclass NoteWords(NoteCreate):\n    pass\n")
    both = STARRED.replace("  Note:\n", "  Memo:\n    was: Note\n")
    outcome = project.generate(edit_blueprint(project, both))
    assert outcome.pending is None
    moved = read(project, "app/memos/schemas.py")
    assert "stars" in moved
    assert "class NoteWords(MemoCreate):" in moved


def test_a_blueprint_put_back_is_no_new_code(project: Project) -> None:
    project.notice()
    edit_blueprint(project, STARRED)
    project.notice()
    outcome = project.generate(edit_blueprint(project, NOTES))
    assert outcome.version is not None
    assert outcome.written == ("blueprint.yaml",)
    assert read(project, "blueprint.yaml") == NOTES
    assert_sound(project.folder)


def test_how_a_blueprint_was_made_outlives_the_wait_for_decisions(project: Project) -> None:
    making = {"via": "own-key", "tokens": 7}
    conflicting(project)
    outcome = project.generate(edit_blueprint(project, STARRED), making=making)
    assert outcome.pending is not None
    done = project.resolve_all(lambda found: found.theirs)
    assert done.version is not None
    assert done.version.record.making == making
    assert Project(project.folder).head().record.making == making
