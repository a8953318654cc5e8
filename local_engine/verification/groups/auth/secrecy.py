"""What an attacker could learn: from answers, timing, the database, the logs."""

import re
from collections.abc import Iterator
from urllib.parse import quote_plus

from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed, NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import (
    login,
    password_of,
    some_session,
    wrong_sign_ins,
)

_ROUNDS = (("admin",), ("other", "user"), ("admin", "other"))
_LEAST_WORK = 35_840  # KiB times passes: the least that OWASP recommends, over all its variants

_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


def checks() -> Iterator[Check]:
    """Checks of secrecy."""
    yield Check("auth.enumeration", "Answers do not tell which accounts exist.", _enumeration)
    yield Check("auth.enumeration.timing", "Nor does the time they take.", _timing)
    yield Check("auth.stored.hash", "Passwords are stored as Argon2id hashes.", _hash)
    yield Check("auth.stored.secrets", "Tokens and passwords are not stored.", _stored)
    yield Check("auth.logged", "Tokens and passwords are not logged.", _logged)


def _enumeration(context: Context) -> None:
    known, unknown = wrong_sign_ins(context)
    bodies = []
    for answer in (known, unknown):
        expect.problem(answer, 401)
        bodies.append({k: v for k, v in answer.json.items() if k != "request_id"})
    expect.holds(bodies[0] == bodies[1], "the same answer", f"{bodies}", known, unknown)


def _timing(context: Context) -> None:
    """Compare in several rounds: a busy machine slows one of them down, a leak shows in each."""
    for number, kinds in enumerate(_ROUNDS):
        known, unknown = ([one] if number == 0 else [] for one in wrong_sign_ins(context))
        for kind in kinds:
            known.append(login(context, context.world.actor(kind).email, "not the password"))
            stranger = f"nobody-{number}-{kind}@example.com"
            unknown.append(login(context, stranger, "not the password"))
        if any(answer.status == 429 for answer in (*known, *unknown)):
            raise SetUpFailed("throttled before the times could be compared")
        slow = min(answer.seconds for answer in known)
        fast = min(answer.seconds for answer in unknown)
        if fast > slow / 3:
            return
    raise CheckFailed(
        f"about the same time as for a known account ({slow * 1000:.0f} ms)",
        f"{fast * 1000:.0f} ms for an unknown one",
        (known[0], unknown[0]),
    )


def _hash(context: Context) -> None:
    email = context.world.actor("user").email
    rows = context.controls.query("SELECT password_hash FROM users WHERE email = %s", (email,))
    if not rows:
        raise SetUpFailed("the account is not in the table users")
    stored = str(rows[0]["password_hash"])
    match = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", stored)
    if match is None:
        raise CheckFailed("a hash beginning with $argon2id$", f"{stored[:10]}...")
    work = int(match[1]) * int(match[2])
    expect.holds(work >= _LEAST_WORK, f"memory times passes of {_LEAST_WORK} or more", f"{work}")


def _stored(context: Context) -> None:
    actor = context.world.actor("user")
    tokens = some_session(context)
    secrets = {
        "a refresh token": tokens.refresh,
        "an access token": tokens.access,
        "a password": password_of(actor),
    }
    for table in [row["name"] for row in context.controls.query(_TABLES)]:
        sql = f"SELECT 1 FROM {table} AS r WHERE strpos(r::text, %s) > 0 LIMIT 1"  # noqa: S608
        for what, secret in secrets.items():
            found = context.controls.query(sql, (secret,))
            expect.holds(not found, "digests only", f"{what} in the table {table}")


def _logged(context: Context) -> None:
    actor = context.world.actor("user")
    tokens = some_session(context)
    lines = context.controls.logs()
    if not lines:
        raise NotApplicable("the service logs nothing")
    for what, secret in (
        ("a refresh token", tokens.refresh),
        ("an access token", tokens.access),
        ("a password", password_of(actor)),
    ):
        written = {secret, quote_plus(secret)}
        found = [line for line in lines if any(form in line for form in written)]
        expect.holds(not found, "no secret in the logs", f"{what} in {len(found)} lines")
