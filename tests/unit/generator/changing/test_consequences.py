"""What a change would mean, before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.generator.blueprint import BlueprintErrors, Document, load
from local_engine.generator.blueprint.editing import apply_edits, edits_of
from local_engine.generator.changing import Consequences, consequences, consequences_of_text
from local_engine.generator.emit.relational.migration import RiskKind
from local_engine.verification import check_changes

TODO = Path("docs/examples/01-todo/blueprint.yaml").read_text("utf-8")


def of(*edits: dict[str, object], text: str = TODO) -> tuple[Document, Document, Consequences]:
    before = load(text)
    after = apply_edits(before, edits_of(edits)).document
    return before, after, consequences(before, after)


def test_a_new_field_touches_its_own_files_and_needs_one_column() -> None:
    _, _, found = of(
        {"edit": "add_field", "entity": "Todo", "field": "stars",
         "definition": {"type": "integer", "default": 0}}
    )  # fmt: skip
    assert [str(change) for change in found.changes] == [
        "Todo: new field `stars`: {type: integer, default: 0}"
    ]
    paths = {change.path: change.change for change in found.files}
    assert paths["app/todos/schemas.py"] == "changed"
    assert not any(path.startswith("migrations/") for path in paths)
    assert found.migration is not None
    assert "ADD COLUMN stars bigint" in found.migration.up
    assert "DROP COLUMN stars" in found.migration.down
    [risk] = found.risks
    assert (risk.kind, risk.table) == (RiskKind.DEFAULT_GIVEN, "todos")
    assert not found.loses_data


def test_a_renamed_entity_moves_its_files_and_keeps_its_rows() -> None:
    _, _, found = of({"edit": "rename_entity", "entity": "Todo", "to": "Duty"})
    changes = {(change.path, change.change) for change in found.files}
    assert ("app/duties/router.py", "added") in changes
    assert ("app/todos/router.py", "removed") in changes
    assert found.migration is not None
    assert "ALTER TABLE todos RENAME TO duties" in found.migration.up
    assert found.risks == ()


def test_what_goes_is_told_with_the_rows_concerned() -> None:
    _, _, found = of({"edit": "remove_field", "entity": "Todo", "field": "description"})
    [risk] = found.risks
    assert risk.kind is RiskKind.COLUMN_DROPPED
    assert risk.count == "SELECT count(*) FROM todos WHERE description IS NOT NULL"
    assert found.loses_data


def test_a_type_without_a_way_to_it_is_refused_with_the_reason() -> None:
    _, _, found = of(
        {"edit": "change_field", "entity": "Todo", "field": "done",
         "set": {"type": "date", "default": None}}
    )  # fmt: skip
    assert found.migration is None
    assert "todos.done cannot become date" in found.refusals[0]


def test_a_renamed_role_goes_along_and_a_removed_one_stays_with_its_users() -> None:
    blog = Path("docs/examples/03-blog/blueprint.yaml").read_text("utf-8")
    _, after, found = of({"edit": "rename_role", "role": "author", "to": "writer"}, text=blog)
    assert found.risks == ()
    assert "role `writer` renamed (was author)" in str(found.changes[0])
    assert found.migration is not None
    assert "array_replace(roles, 'author', 'writer')" in found.migration.up
    assert "array_replace(roles, 'writer', 'author')" in found.migration.down
    assert found.migration.title == "rename_role_author"
    gone = Document(after.text.replace(", was: {writer: author}", ""))
    [risk] = consequences(load(blog), gone).risks
    assert risk.count == "SELECT count(*) FROM users WHERE 'author' = ANY (roles)"


def test_a_role_that_takes_the_name_of_one_there_was_is_told_as_gone() -> None:
    bakery = (
        "blueprint: 1\nname: Bakery\naccounts: {roles: [cook, baker]}\n"
        "entities: {Cake: {fields: {name: string}}}\n"
    )
    merged = Document(bakery.replace("[cook, baker]", "[baker], was: {baker: cook}"))
    found = consequences(load(bakery), merged)
    assert found.migration is not None
    assert not found.migration.up, "users may have had either: nobody is renamed"
    [risk] = found.risks
    assert risk.kind is RiskKind.ROLE_GONE
    assert "role cook" in risk.text


def test_a_renamed_state_takes_its_rows_along_and_is_told_in_words() -> None:
    tickets = TODO.replace(
        "    access:",
        """    states:
      initial: open
      transitions:
        close: {from: open, to: closed, by: owner}
        reopen: {from: closed, to: open, by: owner}
    access:""",
        1,
    )
    edit: dict[str, object] = {
        "edit": "rename_state",
        "entity": "Todo",
        "state": "closed",
        "to": "done_with",
    }
    _, _, found = of(edit, text=tickets)
    assert [str(one) for one in found.changes] == [
        "Todo.states: state `done_with` renamed (was closed)"
    ]
    assert found.risks == ()
    assert found.migration is not None
    assert found.migration.title == "rename_closed_in_todos"


def test_nothing_changed_means_nothing() -> None:
    found = consequences(load(TODO), load(TODO))
    assert found == Consequences((), (), found.migration, (), (), ())
    assert found.migration is not None
    assert found.migration.up == ""


def test_a_text_edited_by_hand_has_the_same_consequences_or_its_problems() -> None:
    text = TODO.replace("max: 200", "max: 100")
    assert [str(one) for one in consequences_of_text(load(TODO), text).changes] == [
        "Todo.title: `max` is now 100 (was 200)"
    ]
    with pytest.raises(BlueprintErrors) as caught:
        consequences_of_text(load(TODO), TODO.replace("type: date", "type: dat"))
    assert [problem.line for problem in caught.value.problems] == [10]


def test_checks_come_and_go_with_what_they_check() -> None:
    before, after, _ = of({"edit": "change_field", "entity": "Todo", "field": "title",
                           "set": {"unique": True}})  # fmt: skip
    there = check_changes(before.application, after.application)
    assert any("unique" in check.id for check in there.new)
    assert there.gone == ()
    back = check_changes(after.application, before.application)
    assert [check.id for check in back.gone] == [check.id for check in there.new]
