"""Pairs of Blueprints, and what a database needs for going from one to the other."""

from __future__ import annotations

from typing import Any

from database_catalog import Connection
from relational_blueprints import CLINICS
from schema_of_text import USER, application_of, insert

from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.emit.relational.migration import (
    Migration,
    migration_between,
    renames_between,
)

BASE = """
name: Notes
time_zone: Europe/Berlin
entities:
  Note:
    description: What somebody wrote down
    owner: author
    fields:
      title: {type: string, max: 80, search: true, sort: true}
      body: {type: text, optional: true}
      kind: {type: enum, values: [idea, task, diary], filter: true}
      weight: {type: integer, min: 0}
      price: {type: decimal, places: 2}
      due_on: {type: date, optional: true}
      done: {type: boolean, default: false}
      size: {type: integer, derived: count(remarks)}
      picture: {type: file, optional: true}
      double: {type: integer, computed: weight * 2}
    relations: {author: {to: User}, remarks: {many: Remark}, labels: {links: Label}}
    states:
      initial: draft
      transitions: {publish: {from: draft, to: published, by: owner}}
    rules: [{unique: [author, title]}, {check: "weight < 1000", id: light}]
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
  Remark:
    part_of: note
    fields: {text: {type: string, max: 200}, stars: {type: integer, min: 1, max: 5}}
    relations: {note: {to: Note}}
  Label:
    fields: {name: {type: slug, unique: true}}
    access: {list: public, read: public, create: public, update: public, delete: public}
"""


PLAN = """\
  Plan:
    fields: {a: string}
    relations: {note: {to: Note}}
    access: {list: public, read: public, create: public}
"""


def changed(*replacements: tuple[str, str]) -> str:
    """The Blueprint with some pieces replaced; every piece must be there."""
    text = BASE
    for old, new in replacements:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    return text


def between(old: str, new: str, *, allow_drop: bool = False) -> Migration:
    before, after = application_of(old), application_of(new)
    names = renames_between(before, after)
    return migration_between(schema_of(before), schema_of(after), names, allow_drop=allow_drop)


def fill(connection: Connection) -> None:
    """Two notes with remarks and labels."""
    for number in (1, 2):
        note = insert(
            connection,
            "notes",
            author_id=USER,
            title=f"Über {number}",
            body="b",
            kind="idea" if number == 1 else "task",
            weight=number,
            price=f"{number}.50",
            due_on=f"2030-01-0{number}",
        )
        label = insert(connection, "labels", name=f"label-{number}")
        connection.execute("INSERT INTO notes_labels VALUES (%s, %s)", (note, label))
        for stars in range(1, number + 1):
            insert(connection, "remarks", note_id=note, text="t", stars=stars)
    connection.commit()


def install_tables(connection: Connection, text: str) -> None:
    connection.execute(render(schema_of(application_of(text))).encode())
    connection.commit()


def uninstall_tables(connection: Connection, text: str) -> None:
    connection.execute(migration_between(None, schema_of(application_of(text))).down.encode())
    connection.commit()


def contents(connection: Connection, text: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for what a migration may change: the version's time."""
    found = {}
    for table in schema_of(application_of(text)).tables:
        names = [column.name for column in table.columns if column.name != "updated_at"]
        key = "id" if table.fixed or "id" in names else names[0]
        statement = f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {key}"
        found[table.name] = connection.execute(statement.encode()).fetchall()
    return found


PAIRS: dict[str, tuple[str, str]] = {
    "nothing": (BASE, BASE),
    "field added": (BASE, changed(("done:", "color: {type: string, optional: true}\n      done:"))),
    "default": (
        BASE,
        changed(("done:", "color: {type: string, default: red, sort: true}\n      done:")),
    ),
    "today": (BASE, changed(("done:", "seen: {type: date, default: today()}\n      done:"))),
    "slug": (
        BASE,
        changed(("done:", "path: {type: slug, default: slug(title)}\n      done:")),
    ),
    "field dropped": (
        changed(("done:", "color: {type: string, optional: true}\n      done:")),
        BASE,
    ),
    "field renamed": (
        BASE,
        changed(
            ("weight: {", "mass: {was: weight, "), ("weight", "mass"), ("was: mass", "was: weight")
        ),
    ),
    "entity renamed": (
        BASE,
        changed(("  Note:\n", "  Memo:\n    was: Note\n"), ("{to: Note}", "{to: Memo}")),
    ),
    "plural": (BASE, changed(("  Note:\n", "  Note:\n    plural: notices\n"))),
    "relation renamed": (
        BASE,
        changed(
            ("author: {to: User}", "writer: {to: User, was: author}"),
            ("owner: author", "owner: writer"),
            ("[author, title]", "[writer, title]"),
        ),
    ),
    "part relation renamed": (
        BASE,
        changed(
            ("part_of: note", "part_of: of_note"),
            ("{note: {to: Note}}", "{of_note: {to: Note, was: note}}"),
        ),
    ),
    "links renamed": (
        BASE,
        changed(("labels: {links: Label}", "marks: {links: Label, was: labels}")),
    ),
    "links dropped": (BASE, changed((", labels: {links: Label}", ""))),
    "entity added": (
        BASE,
        BASE + PLAN,
    ),
    "entity dropped": (
        BASE + PLAN,
        BASE,
    ),
    "integer to decimal": (
        BASE,
        changed(
            ("weight: {type: integer, min: 0}", "weight: {type: decimal, min: 0}"),
            ("double: {type: integer,", "double: {type: decimal,"),
        ),
    ),
    "integer to text": (
        BASE,
        changed(
            ("weight: {type: integer, min: 0}", "weight: {type: string, max: 30}"),
            (
                "double: {type: integer, computed: weight * 2}",
                "double: {type: integer, computed: len(weight)}",
            ),
            ("weight < 1000", "weight != 'x'"),
        ),
    ),
    "more places": (BASE, changed(("places: 2", "places: 5"))),
    "decimal to money": (BASE, changed(("price: {type: decimal, places: 2}", "price: money"))),
    "date to datetime": (
        BASE,
        changed(
            ("due_on: {type: date, optional: true}", "due_on: {type: datetime, optional: true}")
        ),
    ),
    "optional": (
        BASE,
        changed(
            ("weight: {type: integer, min: 0}", "weight: {type: integer, min: 0, optional: true}"),
            ("computed: weight * 2", "computed: 'coalesce(weight, 0) * 2'"),
            ("weight < 1000", "coalesce(weight, 0) < 1000"),
        ),
    ),
    "required": (BASE, changed(("body: {type: text, optional: true}", "body: text"))),
    "required with default": (
        BASE,
        changed(("body: {type: text, optional: true}", "body: {type: text, default: empty}")),
    ),
    "default dropped": (BASE, changed(("done: {type: boolean, default: false}", "done: boolean"))),
    "tighter": (BASE, changed(("max: 80", "max: 40"))),
    "enum value added": (BASE, changed(("[idea, task, diary]", "[idea, task, diary, list]"))),
    "enum value removed": (BASE, changed(("[idea, task, diary]", "[idea, task]"))),
    "state renamed": (BASE, changed(("states:\n", "states:\n      field: stage\n"))),
    "states added": (
        changed(
            (
                (
                    "    states:\n      initial: draft\n      transitions: "
                    "{publish: {from: draft, to: published, by: owner}}\n"
                ),
                "",
            )
        ),
        BASE,
    ),
    "computed changed": (BASE, changed(("weight * 2", "weight * 3 + 1"))),
    "computed added": (
        BASE,
        changed(("done:", "half: {type: decimal, computed: price / 2}\n      done:")),
    ),
    "computed to stored": (
        BASE,
        changed(("double: {type: integer, computed: weight * 2}", "double: integer")),
    ),
    "stored to computed": (
        changed(
            (
                "double: {type: integer, computed: weight * 2}",
                "double: {type: integer, optional: true}",
            )
        ),
        BASE,
    ),
    "derived added": (
        BASE,
        changed(
            (
                "done:",
                (
                    "stars: {type: integer, derived: sum(remarks.stars), never_below: 0}\n"
                    "      mean: {type: decimal, derived: avg(remarks.stars)}\n      done:"
                ),
            )
        ),
    ),
    "derived changed": (BASE, changed(("count(remarks)", "'count(remarks, where=stars > 1)'"))),
    "derived through computed": (
        changed(
            (
                "stars: {type: integer, min: 1, max: 5}}",
                (
                    "stars: {type: integer, min: 1, max: 5}, "
                    "points: {type: integer, computed: stars * 2}}"
                ),
            ),
            ("count(remarks)", "sum(remarks.points)"),
        ),
        changed(
            (
                "stars: {type: integer, min: 1, max: 5}}",
                (
                    "stars: {type: integer, min: 1, max: 5}, "
                    "points: {type: integer, computed: stars * 3}}"
                ),
            ),
            ("count(remarks)", "sum(remarks.points)"),
        ),
    ),
    "unique": (
        BASE,
        changed(
            ("weight: {type: integer, min: 0}", "weight: {type: integer, min: 0, unique: true}")
        ),
    ),
    "rules": (
        BASE,
        changed(
            (
                '{check: "weight < 1000", id: light}',
                (
                    '{check: "weight < 900", id: light}, {at_most: 5, per: author}, '
                    '{check: "size < 100"}'
                ),
            ),
        ),
    ),
    "rule by trigger": (
        BASE,
        changed(
            (
                "    part_of: note\n",
                (
                    "    part_of: note\n"
                    "    rules: [{check: 'note.weight < 50'}, {at_most: 9, per: note}]\n"
                ),
            ),
        ),
    ),
    "description": (BASE, changed(("What somebody wrote down", "What anybody wrote"))),
    "user field": (
        BASE,
        BASE + "  User:\n    fields: {nick: {type: string, optional: true, unique: true}}\n",
    ),
    "user field dropped": (
        BASE + "  User:\n    fields: {nick: {type: string, optional: true, unique: true}}\n",
        BASE,
    ),
    "file dropped": (BASE, changed(("      picture: {type: file, optional: true}\n", ""))),
    "append only": (
        BASE,
        changed(("    part_of: note\n", "    part_of: note\n    append_only: true\n")),
    ),
    "no owner": (
        BASE,
        changed(
            ("    owner: author\n", ""),
            ("by: owner", "by: author"),
            ("owner,", "author,"),
            ("delete: owner", "delete: author"),
        ),
    ),
    "entity referred to dropped": (
        BASE.replace(
            "remarks: {many: Remark}", "remarks: {many: Remark}, plan: {to: Plan, optional: true}"
        )
        + "  Plan:\n    fields: {a: string}\n"
        "    access: {list: public, read: public, create: public}\n",
        BASE,
    ),
    "tenant renamed": (
        CLINICS,
        CLINICS.replace("Clinic:", "Practice:\n    was: Clinic").replace(
            "tenant: Clinic", "tenant: Practice"
        ),
    ),
    "no tenancy any more": (
        CLINICS,
        CLINICS.replace(CLINICS.splitlines()[2] + "\n", "")
        .replace('"member:manager"', "authenticated")
        .replace("member", "authenticated")
        .replace("staff_authenticateds", "staff_members"),
    ),
}
LOSING = {
    "entity referred to dropped",
    "no tenancy any more",
    "field dropped",
    "links dropped",
    "entity dropped",
    "file dropped",
    "user field dropped",
    "stored to computed",
}
