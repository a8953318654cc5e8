"""Who may do what: the ownership filter removed from a statement, the role check dropped."""

from __future__ import annotations

from collections.abc import Iterator

from breaches import (
    Breach,
    Code,
    anybody,
    both,
    condition,
    everybody,
    replaced,
    substituted,
    unfiltered,
)

# Example, table, entity as checks name it, the actions that ownership or membership decides.
_OWNED = [
    ("02-todo-lists", "todo_lists", "todo_list", "read list update delete"),
    ("03-blog", "posts", "post", "read list update delete"),
    ("03-blog", "comments", "comment", "read list update delete"),
    ("04-vet-clinic", "pets", "pet", "read list update delete"),
    ("04-vet-clinic", "appointments", "appointment", "read list update"),
    ("05-online-store", "orders", "order", "read list delete"),
    ("05-online-store", "reviews", "review", "update delete"),
    ("07-sales-crm", "deals", "deal", "update"),
    ("07-sales-crm", "activities", "activity", "update"),
    ("08-forum", "posts", "post", "update delete"),
    ("08-forum", "votes", "vote", "read list update delete"),
    ("09-wallet", "accounts_rows", "account", "read list update"),
    # The list of entries lies below an account, which has to be readable anyway.
    ("09-wallet", "entries", "entry", "read"),
    ("10-hotel-bookings", "reservations", "reservation", "read list update"),
    ("12-project-tracker", "boards", "board", "read list update delete"),
    ("12-project-tracker", "cards", "card", "read list update delete"),
]
_CHEAP = {("02-todo-lists", "read"), ("02-todo-lists", "update"), ("04-vet-clinic", "list")}


def _edit(table: str, action: str, *, tenanted: bool) -> Code:
    """What is forgotten, in the statement that decides."""
    match action:
        case "read":
            return unfiltered(table, "READ")
        case "list":
            listed = condition(table, "LISTED")
            return both(listed, _reachable(table)) if tenanted else listed
        case "update":
            return unfiltered(table, "LOCK_FOR_UPDATE")
        case _:
            return unfiltered(table, "LOCK_FOR_DELETE")


def _reachable(table: str) -> Code:
    """The tenant in the path is there for everybody."""
    return substituted(
        f"app/{table}/repository.py",
        r'^(REACHABLE = """\n(?:.*\n)*?)      AND EXISTS \((?:.*\n)*?      \)\n',
        r"\1",
    )


def _ownership() -> Iterator[Breach]:
    for example, table, entity, actions in _OWNED:
        for action in actions.split():
            yield Breach(
                example,
                f"ownership-{action}",
                entity,
                rf"^access\.{action}\.{entity}\.",
                code=_edit(table, action, tenanted=example == "12-project-tracker"),
                standard=(example, action) in _CHEAP and entity in ("todo_list", "pet"),
            )


def _role(example: str, check: str, code: Code, *, standard: bool = False) -> Breach:
    return Breach(
        example, "role", check, rf"^access\.{check}\.".replace("-", r"\."), code, None, standard
    )


def _by_email(name: str, code: Code, check: str) -> Breach:
    return Breach("12-project-tracker", "role", f"by-email-{name}", check, code)


OWNERSHIP = list(_ownership())
BY_EMAIL = [
    _by_email(
        "told-to-everybody",
        replaced(
            "app/memberships/repository.py",
            "    await find_member(connection, row, new)\n",
            "    await find_member(connection, row, new)\n    require_member(row, new)\n",
        ),
        r"^access\.by_email\.membership\.hidden$",
    ),
    _by_email(
        "somebody-else",
        replaced("app/rows/members.py", "WHERE email = %(email)s AND active", "WHERE active"),
        r"^access\.by_email\.membership$",
    ),
    _by_email(
        "letters-as-they-are",
        replaced("app/rows/members.py", "new.email.lower()", "new.email"),
        r"^access\.by_email\.membership$",
    ),
]
ROLES = [
    _role("03-blog", "create-post", anybody("posts", "create_post")),
    _role("03-blog", "create-tag", anybody("tags", "create_tag")),
    _role("03-blog", "delete-tag", everybody("tags", "DELETABLE", "admin")),
    _role("03-blog", "delete-comment", everybody("comments", "DELETABLE", "admin")),
    _role("04-vet-clinic", "create-vet", anybody("vets", "create_vet"), standard=True),
    _role(
        "04-vet-clinic",
        "delete-appointment",
        everybody("appointments", "DELETABLE", "receptionist"),
    ),
    _role("07-sales-crm", "read-company", unfiltered("companies", "READ")),
    _role(
        "07-sales-crm",
        "list-deal",
        both(anybody("deals", "list_deals"), condition("deals", "LISTED")),
    ),
    _role("07-sales-crm", "delete-contact", everybody("contacts", "DELETABLE", "manager")),
    # The roles of a forum are those of the members of a community.
    _role("08-forum", "update-community", condition("communities", "UPDATABLE")),
    _role("08-forum", "delete-comment", condition("comments", "DELETABLE")),
    _role("08-forum", "create-post", condition("posts", "CREATABLE")),
    # Those of the project tracker are of the members of an organisation.
    _role("12-project-tracker", "update-card", condition("cards", "UPDATABLE")),
    _role("12-project-tracker", "create-board", condition("boards", "CREATABLE")),
    _role("12-project-tracker", "update-membership", condition("memberships", "UPDATABLE")),
]
