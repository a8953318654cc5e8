"""The table of breaches: what is broken in which example, and the checks that must catch it."""

from __future__ import annotations

from breaches import (
    Breach,
    condition,
    dropped,
    everybody,
    read_then_write,
    replaced,
    unfiltered,
    unlocked,
    without_trigger,
)

ACCESS = ("access",)
MODEL = ("model",)
RACE = ("race",)
AUTH = ("auth",)

# The ownership filter removed: example, table of the rows that belong to somebody.
_OWNED = [
    ("02-todo-lists", "todo_lists", "READABLE LISTED UPDATABLE DELETABLE"),
    ("03-blog", "posts", "READABLE LISTED UPDATABLE DELETABLE"),
    ("04-vet-clinic", "pets", "READABLE LISTED UPDATABLE DELETABLE"),
    ("05-online-store", "orders", "READABLE LISTED UPDATABLE DELETABLE"),
    ("07-sales-crm", "deals", "UPDATABLE"),
    ("08-forum", "posts", "UPDATABLE DELETABLE"),
    ("09-wallet", "accounts", "READABLE LISTED UPDATABLE"),
    ("10-hotel-bookings", "reservations", "READABLE LISTED UPDATABLE"),
    ("12-project-tracker", "boards", "UPDATABLE DELETABLE"),
]
# Writing asks in one statement whether the row is there for the actor, and whether they may.
_STATEMENTS = {"UPDATABLE": "LOCK_FOR_UPDATE", "DELETABLE": "LOCK_FOR_DELETE"}
OWNERSHIP = [
    Breach(
        example,
        f"no-owner-{name.lower()}-{table}",
        unfiltered(table, _STATEMENTS[name]) if name in _STATEMENTS else condition(table, name),
        ACCESS,
        r"^access\.",
        standard=example == "02-todo-lists" and name in ("READABLE", "UPDATABLE"),
    )
    for example, table, names in _OWNED
    for name in names.split()
]

ROLES = [
    Breach(
        "04-vet-clinic",
        "no-role-delete",
        everybody("appointments", "DELETABLE", "receptionist"),
        ACCESS,
        r"^access\.delete\.appointment",
    ),
    Breach(
        "07-sales-crm",
        "no-role-read",
        condition("companies", "READABLE"),
        ACCESS,
        r"^access\.",
    ),
    Breach(
        "03-blog",
        "no-role-delete-tag",
        condition("tags", "DELETABLE"),
        ACCESS,
        r"^access\.delete\.tag",
    ),
    Breach(
        "08-forum",
        "no-moderator",
        condition("communities", "UPDATABLE"),
        ACCESS,
        r"^access\.update\.community",
    ),
    Breach(
        "12-project-tracker",
        "no-editor",
        condition("cards", "UPDATABLE"),
        ACCESS,
        r"^access\.update\.card",
    ),
]

RULES = [
    Breach(
        "04-vet-clinic",
        "no-overlap-rule",
        dropped("appointments", "appointment_no_overlap"),
        MODEL,
        r"^model\..*(no_)?overlap",
    ),
    Breach(
        "05-online-store",
        "no-unique-line",
        dropped("order_lines", "order_line_unique"),
        MODEL,
        r"^model\..*order_line",
    ),
    Breach(
        "06-university",
        "no-capacity",
        without_trigger("enrollments", "enrollment_at_most"),
        MODEL,
        r"^model\..*enrollment",
        standard=True,
    ),
    Breach(
        "08-forum",
        "vote-on-own-post",
        without_trigger("votes", "vote_check"),
        MODEL,
        r"^model\..*vote",
    ),
    Breach(
        "09-wallet",
        "balance-below-zero",
        dropped("accounts", "account_balance_never_below"),
        MODEL,
        r"^model\.",
    ),
    Breach(
        "10-hotel-bookings",
        "double-booking",
        dropped("reservations", "reservation_no_overlap"),
        MODEL,
        r"^model\..*reservation",
    ),
    Breach(
        "11-warehouse",
        "quantity-below-zero",
        dropped("stocks", "stock_quantity_never_below"),
        MODEL,
        r"^model\.",
    ),
]

RACES = [
    Breach(
        "04-vet-clinic",
        "overlap-read-then-write",
        read_then_write(
            "appointments",
            "appointment_no_overlap",
            "other.vet_id = NEW.vet_id AND other.status <> 'cancelled'"
            " AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at",
        ),
        RACE,
        r"^race\.",
        standard=True,
    ),
    Breach(
        "05-online-store",
        "unique-read-then-write",
        read_then_write(
            "order_lines",
            "order_line_unique",
            "other.order_id = NEW.order_id AND other.product_id = NEW.product_id",
        ),
        RACE,
        r"^race\.",
    ),
    Breach("06-university", "capacity-unlocked", unlocked("enrollment_at_most"), RACE, r"^race\."),
    Breach(
        "10-hotel-bookings",
        "booking-read-then-write",
        read_then_write(
            "reservations",
            "reservation_no_overlap",
            "other.room_id = NEW.room_id AND other.status <> 'cancelled'"
            " AND other.from_date < NEW.to_date AND NEW.from_date < other.to_date",
        ),
        RACE,
        r"^race\.",
    ),
]

TRANSITIONS = [
    Breach(
        example,
        "any-state",
        replaced(f"app/{table}/transitions.py", f'if state != "{state}":', "if False:"),
        MODEL,
        r"^model\..*(state|transition)",
        standard=example == "03-blog",
    )
    for example, table, state in (
        ("03-blog", "posts", "draft"),
        ("05-online-store", "orders", "cart"),
        ("07-sales-crm", "deals", "offer"),
        ("10-hotel-bookings", "reservations", "checked_in"),
    )
]

_CORE = [
    (
        "page-limit-uncapped",
        replaced("app/core/pagination.py", "MAX_LIMIT = 100", "MAX_LIMIT = 100_000_000"),
        ("contract",),
        r"^contract\..*(limit|list|page)",
    ),
    (
        "audience-unchecked",
        replaced(
            "app/core/tokens.py", 'options={"require"', 'options={"verify_aud": False, "require"'
        ),
        AUTH,
        r"^auth\..*audience",
    ),
    (
        "refresh-reuse-accepted",
        replaced("app/accounts/sessions.py", "if used or not active:", "if not active:"),
        AUTH,
        r"^auth\.refresh",
    ),
    (
        "failed-commit-answers-success",
        replaced(
            "app/core/db.py",
            '                await connection.execute("COMMIT")\n',
            "                with contextlib.suppress(psycopg.Error):\n"
            '                    await connection.execute("COMMIT")\n',
        ),
        MODEL,
        r"^model\..*commit",
    ),
]
EVERYWHERE = [
    Breach(example, name, edit, groups, caught_by, standard=example == "01-todo")
    for name, edit, groups, caught_by in _CORE
    for example in ("01-todo", "05-online-store", "12-project-tracker")
]

TABLE = [*OWNERSHIP, *ROLES, *RULES, *RACES, *TRANSITIONS, *EVERYWHERE]
