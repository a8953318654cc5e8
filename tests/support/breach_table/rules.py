"""Rules: a constraint dropped, read before it is written, a transition from a wrong state."""

from __future__ import annotations

from breaches import (
    Breach,
    Code,
    Database,
    both,
    dropped,
    read_before,
    read_then_write,
    replaced,
    statements,
    substituted,
    unlocked,
    without_trigger,
)


def _rule(
    example: str,
    rule: str,
    database: Database,
    code: Code | None = None,
    *,
    standard: bool = False,
) -> Breach:
    caught_by = rf"^model\..*\.{rule}$".replace("-", r"\.")
    return Breach(example, "rule", rule, caught_by, code, database, standard)


RULES = [
    _rule(
        "04-vet-clinic",
        "appointment-no_overlap",
        dropped("appointments", "appointment_no_overlap"),
        standard=True,
    ),
    _rule(
        "04-vet-clinic",
        "pet-born_on-check",
        without_trigger("pets", "pet_born_on_check"),
        substituted("app/pets/rules.py", r"^    if not \(row.*$", "    if False:"),
    ),
    _rule("05-online-store", "order_line-unique", dropped("order_lines", "order_line_unique")),
    _rule("05-online-store", "review-check", without_trigger("reviews", "review_check")),
    _rule(
        "05-online-store",
        "product-stock-min",
        dropped("products", "product_stock_min"),
        substituted("app/orders/transitions.py", r"\n      AND products\.stock - .* >= 0$", ""),
    ),
    _rule("06-university", "enrollment-unique", dropped("enrollments", "enrollment_unique")),
    _rule(
        "06-university",
        "enrollment-at_most",
        without_trigger("enrollments", "enrollment_at_most"),
    ),
    _rule("08-forum", "vote-check", without_trigger("votes", "vote_check")),
    _rule("08-forum", "membership-unique", dropped("memberships", "membership_unique")),
    _rule(
        "09-wallet",
        "account-balance-never_below",
        dropped("accounts", "account_balance_never_below"),
    ),
    _rule(
        "10-hotel-bookings",
        "reservation-no_overlap",
        dropped("reservations", "reservation_no_overlap"),
    ),
    _rule("10-hotel-bookings", "room-unique", dropped("rooms", "room_unique")),
    _rule(
        "11-warehouse",
        "stock-quantity-never_below",
        dropped("stocks", "stock_quantity_never_below"),
    ),
    _rule("11-warehouse", "item-sku-unique", dropped("items", "item_sku_unique")),
]


def _race(
    example: str,
    check: str,
    database: Database | None,
    code: Code | None = None,
    *,
    standard: bool = False,
) -> Breach:
    return Breach(example, "race", check, rf"^race\.{check}", code, database, standard)


# The first lock on these rows is no longer taken, so what is read may be old when it is written.
_UNLOCKED_STOCK = both(
    replaced("app/orders/transitions.py", "    FOR NO KEY UPDATE OF products\n", ""),
    substituted(
        "app/orders/transitions.py",
        r"\bproducts\.stock - ",
        "(SELECT seen.stock FROM products AS seen WHERE seen.id = products.id) - ",
        times=2,
    ),
)
_UNLOCKED_ACCOUNT = both(
    *[
        replaced(f"app/operations/{name}.py", "    FOR NO KEY UPDATE OF accounts\n", "")
        for name in ("deposit", "withdraw", "transfer")
    ]
)
_UNLOCKED_STOCKS = both(
    *[
        replaced(f"app/operations/{name}.py", "    FOR NO KEY UPDATE OF stocks\n", "")
        for name in ("stock_in", "stock_out", "stock_between")
    ]
)
_VOTE_LOOKED_FOR = substituted(
    "app/votes/repository.py",
    r'^INSERT = """\n(?:.*\n)*?"""',
    '''INSERT = """
    WITH found AS (
        UPDATE votes SET value = %(value)s
        WHERE post_id = %(post_id)s AND voter_id = %(voter_id)s
        RETURNING id
    ), made AS (
        INSERT INTO votes (voter_id, value, post_id)
        SELECT %(voter_id)s, %(value)s, %(post_id)s WHERE NOT EXISTS (SELECT FROM found)
        RETURNING id
    )
    SELECT id, false FROM found UNION ALL SELECT id, true FROM made
"""''',
)
RACES = [
    _race(
        "04-vet-clinic",
        "no_overlap.appointment",
        read_then_write(
            "appointments",
            "appointment_no_overlap",
            "other.vet_id = NEW.vet_id AND other.status <> 'cancelled'"
            " AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at",
        ),
        standard=True,
    ),
    # Lines of one order are added one after another, as the order is locked: reviews are not.
    _race(
        "05-online-store",
        "unique.review",
        read_then_write(
            "reviews",
            "review_unique",
            "other.customer_id = NEW.customer_id AND other.product_id = NEW.product_id",
        ),
    ),
    _race("05-online-store", "stock.order.place", None, _UNLOCKED_STOCK),
    _race("06-university", "at_most.enrollment", unlocked("enrollment_at_most")),
    _race(
        "06-university",
        "unique.enrollment",
        statements(
            unlocked("enrollment_at_most"),
            read_then_write(
                "enrollments",
                "enrollment_unique",
                "other.student_id = NEW.student_id AND other.course_id = NEW.course_id",
            ),
        ),
    ),
    _race("08-forum", "unique.vote", dropped("votes", "vote_unique"), _VOTE_LOOKED_FOR),
    _race(
        "09-wallet",
        "never_below.account.balance",
        read_before("entries_account_sums", "accounts", "balance"),
        _UNLOCKED_ACCOUNT,
    ),
    _race(
        "10-hotel-bookings",
        "no_overlap.reservation",
        read_then_write(
            "reservations",
            "reservation_no_overlap",
            "other.room_id = NEW.room_id AND other.status <> 'cancelled'"
            " AND other.from_date < NEW.to_date AND NEW.from_date < other.to_date",
        ),
    ),
    _race(
        "11-warehouse",
        "never_below.stock.quantity",
        read_before("stock_entries_stock_sums", "stocks", "quantity"),
        _UNLOCKED_STOCKS,
    ),
]

TRANSITIONS = [
    Breach(
        example,
        "transition",
        f"{table}-from-{state}",
        r"^model\.state\.",
        replaced(f"app/{table}/transitions.py", f'if state != "{state}":', "if False:"),
        standard=example == "03-blog",
    )
    for example, table, state in (
        ("03-blog", "posts", "draft"),
        ("05-online-store", "orders", "cart"),
        ("07-sales-crm", "deals", "offer"),
        ("10-hotel-bookings", "reservations", "checked_in"),
    )
]
