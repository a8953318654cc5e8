"""Resolves what is said about the whole: accounts, currency, time zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from local_engine.generator.blueprint import resolved
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.earlier import check_earlier_names
from local_engine.generator.blueprint.resolving.money import CURRENCY_DIGITS
from local_engine.generator.blueprint.resolving.names import check_name

ADMIN = "admin"
_LONGEST_NAME = 80


def resolve_accounts(context: Context) -> resolved.Accounts:
    """Accounts; fills `context.roles`."""
    source = context.blueprint.accounts
    roles: list[str] = []
    for index, role in enumerate(source.roles):
        path: Path = ("accounts", "roles", index)
        check_name(context, role, path, "role", words=False)
        if role in (*reserved.ACTOR_WORDS, "any", "if"):
            message = f"`{role}` means something in the language already."
            if role == ADMIN:
                message = "The role `admin` always exists: do not list it."
            context.error(path, "reserved-name", message)
        elif role in roles:
            context.error(path, "name-clash", f"The role `{role}` is listed twice.")
        else:
            roles.append(role)
    context.roles = (*roles, ADMIN)
    default = source.default_role
    if default is not None and default not in context.roles:
        message = f"There is no role `{default}`."
        suggestion = closest(default, context.roles)
        context.error(("accounts", "default_role"), "unknown-role", message, suggestion)
        default = None
    if default == ADMIN:
        message = "Who registers cannot be an admin: the first one is made by command."
        context.error(("accounts", "default_role"), "contradiction", message)
    if default is not None and source.sign_up == "closed":
        message = "Nobody registers (`sign_up: closed`), so `default_role` has no use."
        context.error(("accounts", "default_role"), "contradiction", message)
    check_earlier_names(context, source.was, context.roles, ("accounts", "was"), "role")
    return resolved.Accounts(source.sign_up, context.roles, default, source.was)


def read_settings(context: Context) -> None:
    """Checks name, currency and time zone; fills `context.digits` and `context.time_zone`."""
    blueprint = context.blueprint
    if not blueprint.name.strip() or len(blueprint.name) > _LONGEST_NAME:
        message = f"A name has 1 to {_LONGEST_NAME} characters."
        context.error(("name",), "bad-name", message)
    if not blueprint.name.isprintable():
        context.error(("name",), "bad-name", "A name has no control characters.")
    digits = CURRENCY_DIGITS.get(blueprint.currency)
    if digits is None:
        message = f"`{blueprint.currency}` is not a currency of ISO 4217."
        suggestion = closest(blueprint.currency.upper(), CURRENCY_DIGITS)
        context.error(("currency",), "unknown-currency", message, suggestion)
    context.digits = 2 if digits is None else digits
    if _is_time_zone(blueprint.time_zone):
        context.time_zone = blueprint.time_zone
    else:
        message = f"`{blueprint.time_zone}` is not a time zone such as Europe/Berlin."
        suggestion = closest(blueprint.time_zone, available_timezones())
        context.error(("time_zone",), "unknown-time-zone", message, suggestion)


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return name != "localtime"
