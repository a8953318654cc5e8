"""Extension points: a body that a person wrote, under the signature that is asked for now."""

from __future__ import annotations

import ast

from local_engine.projects.extension_points import (
    is_extension_point,
    keep_body,
    same_signatures,
)

BASE = b'''"""What "ship" does."""

from app.core.db import Connection


async def ship(connection: Connection) -> None:
    """Ship."""
    raise NotImplementedError
'''
OURS = b'''"""What "ship" does."""

from app.core.db import Connection
from mine import post


async def ship(connection: Connection) -> None:
    # first of all
    await post(connection)


def helper() -> int:
    return 1
'''
THEIRS = BASE.replace(
    b"from app.core.db import Connection\n",
    b"from uuid import UUID\n\nfrom app.core.db import Connection\n",
).replace(b"(connection: Connection)", b"(\n    connection: Connection,\n    order_key: UUID,\n)")


def test_the_files_that_are_the_users() -> None:
    assert is_extension_point("app/extensions/ship.py")
    assert not is_extension_point("app/extensions/__init__.py")
    assert not is_extension_point("app/orders/router.py")


def test_signatures_are_compared_whatever_their_layout() -> None:
    assert same_signatures(
        BASE, BASE.replace(b"(connection: Connection)", b"(\n    connection: Connection,\n)")
    )
    assert same_signatures(BASE, BASE.replace(b"raise NotImplementedError", b"pass"))
    assert not same_signatures(BASE, THEIRS)
    assert not same_signatures(BASE, BASE.replace(b"-> None", b"-> int"))
    assert not same_signatures(BASE, b"def (")


def test_the_body_is_kept_under_the_new_signature() -> None:
    kept = keep_body(BASE, OURS, THEIRS)
    assert kept is not None
    text = kept.decode()
    ast.parse(text)
    assert (
        "    order_key: UUID,\n) -> None:\n    # first of all\n    await post(connection)" in text
    )
    assert "from uuid import UUID\n" in text
    assert "from mine import post\n" in text
    assert "def helper() -> int:\n    return 1\n" in text


def test_a_function_that_did_not_change_is_left_alone() -> None:
    assert keep_body(BASE, OURS, BASE) == OURS


def test_what_cannot_be_joined() -> None:
    assert keep_body(BASE, b"def (", THEIRS) is None
    assert keep_body(BASE, b"\xff", THEIRS) is None
    assert keep_body(BASE, b"x = 1\n", THEIRS) is None
    one_line = BASE.replace(b':\n    """Ship."""\n    raise NotImplementedError', b": pass")
    assert keep_body(BASE, one_line, THEIRS) is None
