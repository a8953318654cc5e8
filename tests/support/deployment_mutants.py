"""Generated projects with a defect that only a deployment shows, and which check is to find it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """What stands in a file of a project, and what shall; one that is not there is made."""

    file: str
    old: str
    new: str


class Mutation:
    """Edits of a project, and the check that is to find what they did."""

    def __init__(self, found_by: str, *edits: Edit) -> None:
        self.found_by = found_by
        self._edits = edits

    def apply(self, project: Path) -> None:
        for edit in self._edits:
            path = project / edit.file
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            assert edit.old in text, f"{edit.file} has no more: {edit.old}"
            path.write_text(text.replace(edit.old, edit.new, 1), encoding="utf-8")


def after(file: str, line: str, *lines: str) -> Edit:
    """Lines that are added below one."""
    return Edit(file, line, "\n".join((line, *lines)))


def before(file: str, line: str, *lines: str) -> Edit:
    """Lines that are added above one."""
    return Edit(file, line, "\n".join((*lines, line)))


_SERVER = "    server = uvicorn.Server(config)"
_ACTOR = "        user_id = require_signed_in(authenticate(request))"

ROOT = Mutation("image.user", Edit("Dockerfile", "USER 10001", ""))

LARGE = Mutation(
    "image.size", after("Dockerfile", "COPY app ./app", "RUN truncate -s 100M /srv/cache")
)

NEEDS_THE_DATABASE_TO_START = Mutation(
    "image.offline",
    after(
        "app/core/application.py",
        "        async with app.services.database:",
        '            __import__("socket").create_connection(("database", 5432), 2)',
    ),
)

ALWAYS_READY = Mutation(
    "deployment.readiness",
    Edit("app/core/health.py", "    if reason is None:", "    if reason is None or reason:"),
)

IGNORES_SIGTERM = Mutation(
    "deployment.sigterm.ends",
    after("app/core/server.py", _SERVER, "    server.handle_exit = lambda *_: None"),
)

DROPS_WHAT_IS_UNDER_WAY = Mutation(
    "deployment.sigterm.drains",
    after(
        "app/core/server.py",
        _SERVER,
        '    server.handle_exit = lambda *_: __import__("os")._exit(0)',
    ),
)

ANSWERS_BEFORE_IT_SAVES = Mutation(
    "deployment.service.kill",
    Edit(
        "app/core/idempotency.py",
        "        return await database(request).run(work)",
        "        return await _late(database(request), work)",
    ),
    before(
        "app/core/idempotency.py",
        "async def run_once(",
        "_TASKS = set()",
        "",
        "",
        "async def _late(database, work):",
        "    import asyncio",
        "",
        "    answered = asyncio.get_running_loop().create_future()",
        "",
        "    async def slow(connection):",
        "        response = await work(connection)",
        "        answered.done() or answered.set_result(response)",
        "        await asyncio.sleep(1)",
        "        return response",
        "",
        "    _TASKS.add(asyncio.create_task(database.run(slow)))",
        "    return await answered",
        "",
        "",
    ),
)

REFUSES_OLD_DATA = Mutation(
    "deployment.migrates.previous",
    before(
        "migrations/0002_initial.up.sql",
        "CREATE TABLE",
        "DO $$ BEGIN IF EXISTS (SELECT FROM users) THEN RAISE 'rows'; END IF; END $$;",
        "",
    ),
)

REFUSES_OLD_ROWS = Mutation(
    "deployment.migrates.previous",
    Edit(
        "migrations/0003_more.up.sql",
        "",
        "DO $$ BEGIN IF EXISTS (SELECT FROM todos) THEN RAISE 'rows'; END IF; END $$;\n",
    ),
    Edit("migrations/0003_more.down.sql", "", "SELECT 1;\n"),
)

MIGRATES_WITHOUT_A_LOCK = Mutation(
    "deployment.migrates.race",
    Edit(
        "app/core/migrations.py",
        '    await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))\n',
        "",
    ),
)

KEEPS_SESSIONS_IN_MEMORY = Mutation(
    "deployment.replicas.sessions",
    after("app/accounts/sessions.py", "from __future__ import annotations", "KNOWN = set()"),
    after(
        "app/accounts/sign_in.py",
        "    tokens = services(request).tokens",
        "    sessions.KNOWN.add(session.user)",
    ),
    after(
        "app/accounts/myself.py",
        _ACTOR,
        "        if user_id not in sessions.KNOWN:",
        '            raise unauthenticated("Nobody signed in here.")',
    ),
)

KEEPS_KEYS_IN_MEMORY = Mutation(
    "deployment.replicas.idempotency",
    before(
        "app/core/idempotency.py",
        "    async def once(connection: Connection) -> Response:",
        "    if key in _ANSWERS:",
        "        return _ANSWERS[key]",
        "    _ANSWERS[key] = await database(request).run(work)",
        "    return _ANSWERS[key]",
        "",
    ),
    before("app/core/idempotency.py", "async def run_once(", "_ANSWERS = {}", "", ""),
)

COUNTS_GUESSES_IN_MEMORY = Mutation(
    "deployment.replicas.throttling",
    before(
        "app/core/throttle.py",
        "    for subject in subjects:",
        "    for subject in subjects:",
        "        _COUNTED[subject.digest] = _COUNTED.get(subject.digest, 0) + 1",
        "        if _COUNTED[subject.digest] > subject.free:",
        "            raise too_many_requests(1)",
        "    return",
    ),
    before("app/core/throttle.py", "async def count_attempt(", "_COUNTED = {}", "", ""),
)

TOGETHER: tuple[tuple[Mutation, ...], ...] = (
    (
        ROOT,
        LARGE,
        NEEDS_THE_DATABASE_TO_START,
        ALWAYS_READY,
        IGNORES_SIGTERM,
        REFUSES_OLD_ROWS,
        MIGRATES_WITHOUT_A_LOCK,
        KEEPS_KEYS_IN_MEMORY,
    ),
    (
        DROPS_WHAT_IS_UNDER_WAY,
        ANSWERS_BEFORE_IT_SAVES,
        REFUSES_OLD_DATA,
        KEEPS_SESSIONS_IN_MEMORY,
        COUNTS_GUESSES_IN_MEMORY,
    ),
)
"""Those that one project can have at once without getting in one another's way."""
