"""Accounts: limits that are forgotten or bind the wrong people, and the last admin gone."""

from __future__ import annotations

from breaches import Breach, Code, Database, both, replaced

_THROTTLE = "app/core/throttle.py"
_COUNTED = '_digest("sign-in", address, email.lower())'
_CODE: tuple[tuple[str, Code, str], ...] = (
    (
        "registrations-unlimited",
        replaced(
            "app/accounts/joining.py",
            "        await limit_rate(request, ANONYMOUS, _limit(request))\n",
            "",
        ),
        r"^auth\.register\.limit$",
    ),
    (
        "registrations-limited-together",
        replaced("app/core/rate_limit.py", 'f"at {client_address(request)}"', '"anonymous"'),
        r"^auth\.register\.limit\.elsewhere$",
    ),
    (
        "account-locked",
        replaced(_THROTTLE, _COUNTED, '_digest("sign-in", email.lower())'),
        r"^auth\.throttling\.elsewhere$",
    ),
    (
        "address-locked",
        replaced(_THROTTLE, _COUNTED, '_digest("sign-in", address)'),
        r"^auth\.throttling\.accounts$",
    ),
    (
        "claims-believed",
        both(
            replaced("app/core/server.py", "bool(settings.forwarded_allow_ips)", "True"),
            replaced("app/core/server.py", "settings.forwarded_allow_ips or None", '"*"'),
        ),
        r"^auth\.throttling\.claimed$",
    ),
)
_UNLOCKED = """
CREATE OR REPLACE FUNCTION keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM users WHERE active AND 'admin' = ANY (roles)) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation', CONSTRAINT = 'users_last_admin', MESSAGE = 'the last';
    END IF;
    RETURN NULL;
END
$$;
"""
_DATABASE: tuple[tuple[str, Database, str], ...] = (
    (
        "last-admin-lost",
        lambda _: "DROP TRIGGER users_last_admin ON users;",
        r"^auth\.roles\.last_admin$",
    ),
    ("last-admins-unlocked", lambda _: _UNLOCKED, r"^race\.last_admin$"),
)
ACCOUNTS = [
    *(Breach("01-todo", "accounts", name, caught_by, code=code) for name, code, caught_by in _CODE),
    *(
        Breach("01-todo", "accounts", name, caught_by, database=edit, standard="race" in caught_by)
        for name, edit, caught_by in _DATABASE
    ),
]
