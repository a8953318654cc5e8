"""What the code of a model may not hold."""

from __future__ import annotations

import pytest

from local_engine.generator.agents.extending.guard import asserts, objections

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


def test_a_word_of_the_docstring_is_no_statement() -> None:
    stub = STUB.replace("Recommend.", "Copy users __as they are__.")
    assert objections(stub, stub) == []


@pytest.mark.parametrize(
    ("imports", "body"),
    [
        ("from datetime import UTC, datetime", "now = datetime.now(UTC).isoformat()"),
        ("from app.core.db import fetch_one", 'await fetch_one(connection, "SELECT 1", {})'),
        ("import statistics", "mean = statistics.fmean([1, 2])"),
        ("from decimal import Decimal", 'half = {"a": Decimal("0.5")}.copy()'),
        ("from app.core.problem import Problem", 'raise Problem(409, "full", "It is full.")'),
        ("", 'await connection.execute("SELECT u.email FROM users u "\n        "WHERE true")'),
    ],
)
def test_what_is_needed_is_allowed(imports: str, body: str) -> None:
    assert objections(with_body(body, f"{imports}\n"), STUB) == []


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
        (with_body('uuid.os.system("id")', "import uuid\n"), "uuid.os"),
        (with_body("pass", "from uuid import os\n"), "uuid.os"),
        (with_body('json.codecs.open("/etc/passwd")', "import json\n"), "json.codecs"),
        (with_body('other = json\n    other.codecs.open("/")', "import json\n"), "handed on"),
        (with_body("pass", "import collections.abc\n"), "imported from it"),
        (with_body("pass", "import dataclasses\n"), "dataclasses"),
        (with_body("pass", "import operator\n"), "operator"),
        (with_body("pass", "from string import Formatter\n"), "string.Formatter"),
        (with_body("pass", "from app.core.db import psycopg\n"), "app.core.db.psycopg"),
        (with_body('"{0.x}".format(connection)'), "format"),
        (with_body("match connection:\n        case object(__globals__=g): pass"), "matched"),
        (with_body("(1 for _ in ()).gi_frame.f_back"), "gi_frame"),
        (with_body("type(connection).mro()"), "type"),
        (with_body("connection.info.password"), "info"),
        (with_body("name = '__globals__'"), "__"),
        (with_body('await connection.execute("SELECT pass" + "word_hash FROM x")'), "one text"),
        (with_body('await connection.execute(f"SELECT {1}")'), "one text"),
        (with_body("run = connection.execute"), "called where it is named"),
        (with_body("await connection.execute('SELECT * FROM users')"), "users"),
        (with_body("connection.cursor()"), "cursor"),
        (with_body('connection.copy("C" + "OPY x TO STDOUT")'), "one text"),
        (with_body("return " + "-" * 5000 + "1"), "nested too deeply"),
        (with_body("return x" + ".a" * 5000), "nested too deeply"),
        (with_body("return 1 #" + "x" * 20_000), "longer than"),
    ],
)
def test_objection_names_what_is_wrong(text: str, word: str) -> None:
    assert any(word in objection for objection in objections(text, STUB)), objections(text, STUB)


@pytest.mark.parametrize(
    ("body", "does"),
    [
        ('assert world.call("owner", "/operations/x").status_code == 204', True),
        ('made = world.make("todo")\n    assert world.shown("owner", made)["done"]', True),
        ("pass", False),
        ("assert True", False),
        ('world.call("owner", "/operations/x")', False),
        ("return (", False),
    ],
)
def test_a_test_asserts_something_of_what_is_answered(body: str, does: bool) -> None:
    assert asserts(f"def test_x(world: World) -> None:\n    {body}\n") is does
