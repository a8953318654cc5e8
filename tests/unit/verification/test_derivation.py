"""Checks follow from every Blueprint at hand: their ids are different, readable and stable."""

import re
from pathlib import Path

import pytest

from local_engine.generator.blueprint import load_file
from local_engine.verification.groups import GROUPS
from local_engine.verification.routes import promised_routes

EXAMPLES = sorted((Path(__file__).parents[3] / "docs/examples").glob("*/blueprint.yaml"))
ID = re.compile(r"[a-z]+(\.[a-z0-9_:*-]+)+")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_checks_of_an_example(path: Path) -> None:
    application = load_file(path).application

    checks = [check for group in GROUPS for check in group.checks(application)]

    ids = [check.id for check in checks]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not ID.fullmatch(one)] == []
    assert all(check.sentence.endswith(".") for check in checks)
    assert all(check.run or check.reason for check in checks)
    assert ids == [check.id for group in GROUPS for check in group.checks(application)]


@pytest.mark.parametrize(
    ("example", "routes"),
    [
        ("02", ["GET /todo-lists/{id}", "PATCH /todo-lists/{todo_list_id}/items/{id}"]),
        ("03", ["PUT /posts/{id}/tags/{tag_id}", "POST /posts/{id}/publish"]),
        ("09", ["POST /operations/transfer"]),
    ],
)  # fmt: skip
def test_routes_of_an_example(example: str, routes: list[str]) -> None:
    path = next(path for path in EXAMPLES if path.parent.name.startswith(example))

    promised = [str(route) for route in promised_routes(load_file(path).application)]

    assert [route for route in routes if route not in promised] == []
