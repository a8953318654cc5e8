"""What the code of a model may not hold."""

from __future__ import annotations

import pytest

from local_engine.generator.agents.extending.guard import objections

STUB = '''"""What it does."""

from app.core.db import Connection


async def recommend(connection: Connection) -> None:
    """Recommend."""
    raise NotImplementedError
'''


def with_body(body: str, before: str = "", after: str = "") -> str:
    text = STUB.replace("    raise NotImplementedError", f"    {body}")
    return text.replace("from app", f"{before}from app") + after


def test_ordinary_code_is_fine() -> None:
    body = 'await connection.execute("UPDATE todos SET done = %(done)s", {"done": True})'
    assert objections(with_body(body, "import math\n"), STUB) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (with_body("import os"), "os"),
        (with_body("pass", "from subprocess import run\n"), "subprocess"),
        (with_body("from app.core.settings import load_settings"), "app.core.settings"),
        (with_body("from .. import main"), ".."),
        (with_body("open('/etc/passwd')"), "open"),
        (with_body("eval('1')"), "eval"),
        (with_body("().__class__.__base__.__subclasses__()"), "__class__"),
        (with_body("__import__('os')"), "__import__"),
        (with_body("await connection.execute('SELECT password_hash FROM users')"), "password_hash"),
        (with_body("""await connection.execute("COPY x FROM '/etc/passwd'")"""), "COPY"),
        (with_body("await connection.execute('SELECT pg_read_file(1)')"), "pg_read"),
        (with_body("pass", after="\n\nstolen = 1\n"), "Only the body"),
        (with_body("pass", after="\n\nasync def other() -> None:\n    pass\n"), "Only the body"),
        (STUB.replace("connection: Connection", "connection: Connection, *rest: str"), "Only the"),
        (STUB.replace("async def", "@staticmethod\nasync def"), "Only the body"),
        (with_body("return ("), "not Python"),
    ],
)
def test_objection_names_what_is_wrong(text: str, word: str) -> None:
    assert any(word in objection for objection in objections(text, STUB)), objections(text, STUB)
