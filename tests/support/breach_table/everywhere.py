"""What every project must withstand: secrets, sign-in, limits, commits, and whose a row is."""

from __future__ import annotations

from breaches import Breach, Code, replaced, substituted, taken_from_body

EXAMPLES = (
    "01-todo",
    "02-todo-lists",
    "03-blog",
    "04-vet-clinic",
    "05-online-store",
    "06-university",
    "07-sales-crm",
    "08-forum",
    "09-wallet",
    "10-hotel-bookings",
    "11-warehouse",
    "12-project-tracker",
)
# Kind, edit, checks.
_CORE: tuple[tuple[str, Code, str], ...] = (
    (
        "private-field",  # no example has one of its own
        substituted(
            "app/accounts/users.py", r"\{own\}u\.created_at", "{own}u.password_hash, u.created_at"
        ),
        r"^access\.users\.read-own\.user$",
    ),
    (
        "page-limit",
        replaced("app/core/pagination.py", "MAX_LIMIT = 100", "MAX_LIMIT = 100_000_000"),
        r"^contract\.list\.limit\.",
    ),
    (
        "audience",
        replaced(
            "app/core/tokens.py", 'options={"require"', 'options={"verify_aud": False, "require"'
        ),
        r"^auth\.token\.audience$",
    ),
    (
        "refresh-reuse",
        replaced("app/accounts/sessions.py", "if used or not active:", "if not active:"),
        r"^auth\.refresh\.reuse$",
    ),
    (
        "failed-commit",
        replaced(
            "app/core/db.py",
            '                await connection.execute("COMMIT")\n',
            "                with contextlib.suppress(psycopg.Error):\n"
            '                    await connection.execute("COMMIT")\n',
        ),
        r"^model\.commit\.",
    ),
)
_CORE_ROWS = [
    Breach(example, kind, "core", caught_by, code, standard=example == "01-todo")
    for example in EXAMPLES
    for kind, code, caught_by in _CORE
]

# Example, table, entity as checks name it, column, what it should be.
_WHOSE = (
    ("01-todo", "todos", "todo", "owner_id", "actor.id"),
    ("02-todo-lists", "todo_lists", "todolist", "owner_id", "actor.id"),
    ("03-blog", "posts", "post", "author_id", "actor.id"),
    ("04-vet-clinic", "pets", "pet", "owner_id", "actor.id"),
    ("05-online-store", "reviews", "review", "customer_id", "actor.id"),
    ("06-university", "courses", "course", "lecturer_id", "actor.id"),
    ("07-sales-crm", "deals", "deal", "owner_id", "actor.id"),
    ("08-forum", "posts", "post", "author_id", "actor.id"),
    ("09-wallet", "accounts_rows", "account", "holder_id", "actor.id"),
    ("10-hotel-bookings", "reservations", "reservation", "guest_id", "actor.id"),
    # In the warehouse only movements have an owner, and no body makes them: operations do.
    # In the project tracker no row has an owner; whose it is, is said by its organisation.
    ("12-project-tracker", "boards", "board", "organisation_id", "organisation_key"),
)
_WHOSE_ROWS = [
    Breach(
        example,
        "owner-from-body",
        f"{entity}-{column}",
        rf"^input\.create\.{entity}\.mass_assignment$",
        taken_from_body(table, column, own),
        standard=example == "01-todo",
    )
    for example, table, entity, column, own in _WHOSE
]
EVERYWHERE = [*_CORE_ROWS, *_WHOSE_ROWS]
