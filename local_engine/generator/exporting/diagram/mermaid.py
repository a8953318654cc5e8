"""The entities and their relations as a Mermaid diagram (https://mermaid.js.org, erDiagram)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import USER, Application, Entity, ToOne


def mermaid(application: Application) -> str:
    """The diagram's text."""
    return "\n".join(_lines(application)) + "\n"


def _lines(application: Application) -> Iterator[str]:
    yield "erDiagram"
    for entity in application.entities.values():
        for relation in entity.to_one.values():
            yield f"    {relation.to} {_ends(relation)} {entity.name} : {relation.name}"
        for links in entity.links.values():
            yield f"    {entity.name} }}o--o{{ {links.to} : {links.name}"
    for entity in application.entities.values():
        yield f"    {entity.name} {{"
        yield from _attributes(entity)
        yield "    }"


def _ends(relation: ToOne) -> str:
    """How many rows there are at each end: `||--o{` is one to any number."""
    one = "|o" if relation.optional else "||"
    return f"{one}--{'o|' if relation.unique else 'o{'}"


def _attributes(entity: Entity) -> Iterator[str]:
    yield "        uuid id PK"
    if entity.name == USER:
        yield "        email email UK"
    for field in entity.fields.values():
        key = " UK" if field.unique else ""
        note = _note(field.description) or ("optional" if field.optional else "")
        said = f' "{note}"' if note else ""
        yield f"        {field.type} {field.name}{key}{said}"
    for relation in entity.to_one.values():
        yield f"        uuid {relation.name}_id FK"
    if entity.states is not None:
        yield f'        state {entity.states.field} "{", ".join(entity.states.values)}"'


def _note(text: str) -> str:
    return re.sub(r'["\s]+', " ", text)[:60].strip()
