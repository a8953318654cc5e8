"""Diagrams: Mermaid says every relation, the SVG shows boxes that do not overlap."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from repository_rules import ROOT

from local_engine.generator.blueprint import load, load_file
from local_engine.generator.exporting import mermaid, svg
from local_engine.generator.exporting.diagram.layout import Size, place

EXAMPLES = sorted(ROOT.glob("docs/examples/[0-9]*/blueprint.yaml"))
SVG = "{http://www.w3.org/2000/svg}"


def test_mermaid_says_how_many() -> None:
    application = load(
        """
name: Shop
entities:
  Order:
    owner: customer
    fields:
      note: {type: text, optional: true, description: 'For "them"'}
      code: {type: string, unique: true}
    relations: {customer: {to: User}, tags: {links: Tag}, before: {to: Order, optional: true}}
    states: {initial: new, transitions: {pay: {from: new, to: paid, by: owner}}}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
  Tag:
    relations: {twin: {to: Tag, optional: true, unique: true}}
    fields: {name: string}
    access: {list: public, read: public, create: admin, update: admin, delete: admin}
"""
    ).application
    assert (
        mermaid(application)
        == """\
erDiagram
    User ||--o{ Order : customer
    Order |o--o{ Order : before
    Order }o--o{ Tag : tags
    Tag |o--o| Tag : twin
    User {
        uuid id PK
        email email UK
    }
    Order {
        uuid id PK
        text note "For them"
        string code UK
        uuid customer_id FK
        uuid before_id FK
        state status "new, paid"
    }
    Tag {
        uuid id PK
        string name
        uuid twin_id FK
    }
"""
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_picture_shows_everything_and_nothing_overlaps(path: Path) -> None:
    application = load_file(path).application
    picture = svg(application)
    assert svg(application) == picture
    root = ElementTree.fromstring(picture)  # noqa: S314  our own
    texts = [element.text for element in root.iter(f"{SVG}text")]
    for entity in application.own_entities:
        assert entity.name in texts
        for name in (*entity.to_one, *entity.links):
            assert name in texts
    boxes = []
    for group in root.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect[@class='box']")
        if box is not None:
            x, y = map(float, group.attrib["transform"][10:-1].split())
            boxes.append((x, y, x + float(box.attrib["width"]), y + float(box.attrib["height"])))
    assert len(boxes) >= len(application.own_entities)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart, (one, other)


def test_circles_and_loops_have_a_place() -> None:
    sizes = {name: Size(100, 50) for name in "abcd"}
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a"), ("d", "c"), ("a", "c")]
    placed = place(sizes, edges)
    assert set(placed.boxes) == set("abcd")
    assert len(set(placed.boxes.values())) == 4
    assert placed.routes[5]  # it passes the layer of b


def test_two_rows_of_neighbours_do_not_cross() -> None:
    names = [f"{side}{number}" for side in "lr" for number in range(6)]
    edges = [(f"l{number}", f"r{5 - number}") for number in range(6)]
    placed = place({name: Size(80, 40) for name in names}, edges)
    left = sorted(range(6), key=lambda number: placed.boxes[f"l{number}"][1])
    right = sorted(range(6), key=lambda number: placed.boxes[f"r{5 - number}"][1])
    assert left == right


def test_hostile_texts_stay_texts() -> None:
    application = load(
        "name: '<script>alert(1)</script> & \"x\"'\n"
        "entities: {A: {fields: {b: string}, access: {list: public, read: public}}}\n"
    ).application
    assert "<script>" not in svg(application)
    ElementTree.fromstring(svg(application))  # noqa: S314  our own
