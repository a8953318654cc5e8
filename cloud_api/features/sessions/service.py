"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from cloud_api.access import audit
from cloud_api.access.callers import Account, Caller
from cloud_api.database.pool import Connection
from cloud_api.features.accounts import repository as accounts
from cloud_api.features.accounts.models import Credentials
from cloud_api.features.sessions import repository
from cloud_api.features.sessions.forms import LoginForm
from cloud_api.features.sessions.models import Opened, Refusal, Refused
from cloud_api.security.access_tokens import refused
from cloud_api.security.throttle import count_attempt, forgive, sign_in_subjects
from cloud_api.services import Services
from cloud_api.web.problems import not_found, unauthenticated
from local_engine.contracts.accounts import Devices, Tokens

_WRONG = "E-mail address or password is wrong."
_WRONG_OR_UNVERIFIED = (
    "E-mail address or password is wrong, or the address is not verified yet: enter the code that "
    "was mailed to it."
)


_CHANGED = "The password was changed meanwhile. Sign in with the new one."


async def login(services: Services, form: LoginForm, caller: Caller) -> Tokens:
    """A new session. Too many failures cost a pause that grows."""
    subjects = sign_in_subjects(form.username, caller.address)
    await count_attempt(services.database, *subjects)
    user = await accounts.find_by_email(services.database, form.username)
    right = await services.passwords.verify(form.password, user.password_hash if user else None)
    strict = services.settings.platform_require_verified_email
    if user is None or not right or (strict and not user.verified):
        await _tell_refusal(services, user, caller)
        raise unauthenticated(_WRONG_OR_UNVERIFIED if strict else _WRONG)
    await forgive(services.database, *subjects)
    return _tokens(services, await _open(services, user, form, caller))


async def _open(services: Services, user: Credentials, form: LoginForm, caller: Caller) -> Opened:
    """Begin the session; the hash of the password is made anew where it is of an older kind."""
    stronger = None
    if services.passwords.is_outdated(user.password_hash):
        stronger = await services.passwords.hash(form.password)

    async def work(connection: Connection) -> Opened:
        if await accounts.lock(connection, user.id) != user.password_hash:
            raise unauthenticated(_CHANGED)
        if stronger is not None:
            await accounts.set_password(connection, user.id, stronger)
        opened = await repository.begin(
            connection,
            user.id,
            device=form.device_name or caller.agent or "unnamed device",
            address=caller.address,
            idle=_idle(services),
            absolute=timedelta(days=services.settings.platform_session_max_days),
        )
        await audit.record(connection, "signed-in", user.id, caller, session=str(opened.id))
        return opened

    return await services.database.run(work)


async def _tell_refusal(services: Services, user: Credentials | None, caller: Caller) -> None:
    """Write down a failed sign-in, for unknown accounts too: both take the same time."""

    async def work(connection: Connection) -> None:
        await audit.record(connection, "sign-in-refused", user.id if user else None, caller)

    await services.database.run(work)


async def refresh(services: Services, token: str, caller: Caller) -> Tokens:
    """The refresh token is spent and replaced. A stolen one ends the session for all."""

    async def work(connection: Connection) -> Opened | Refused:
        found = await repository.renew(
            connection, token, address=caller.address, idle=_idle(services)
        )
        if isinstance(found, Refused) and found.reason is Refusal.REUSED:
            session = str(found.session)
            await audit.record(
                connection, "refresh-token-reused", found.user, caller, session=session
            )
        return found

    found = await services.database.run(work)
    if isinstance(found, Refused):
        raise refused("The refresh token is not valid. Sign in again.")
    return _tokens(services, found)


async def logout(services: Services, token: str, caller: Caller) -> None:
    """End the session of a refresh token; nothing happens if there is none."""

    async def work(connection: Connection) -> None:
        user = await repository.end_by_token(connection, token)
        if user is not None:
            await audit.record(connection, "signed-out", user, caller)

    await services.database.run(work)


async def logout_everywhere(services: Services, account: Account, caller: Caller) -> None:
    """End all sessions of the account, this one too."""

    async def work(connection: Connection) -> None:
        ended = await repository.end_all(connection, account.id)
        await audit.record(connection, "signed-out-everywhere", account.id, caller, ended=ended)

    await services.database.run(work)


async def devices(services: Services, account: Account) -> Devices:
    """The devices that are signed in."""
    async with services.database.connection() as connection:
        found = await repository.list_all(connection, account.id)
    return Devices(devices=[row.shown(account.session) for row in found])


async def revoke(services: Services, account: Account, session: UUID, caller: Caller) -> None:
    """Sign out one device. Raises 404 for one that is not the account's."""

    async def work(connection: Connection) -> None:
        if not await repository.end_own(connection, account.id, session):
            raise not_found()
        await audit.record(connection, "session-revoked", account.id, caller, session=str(session))

    await services.database.run(work)


def _idle(services: Services) -> timedelta:
    return timedelta(days=services.settings.platform_session_idle_days)


def _tokens(services: Services, opened: Opened) -> Tokens:
    return Tokens(
        access_token=services.tokens.issue(opened.user, opened.id),
        token_type="bearer",  # noqa: S106 - the kind of token, RFC 6749
        expires_in=services.tokens.life_seconds,
        refresh_token=opened.refresh_token,
    )
