"""What can be done with accounts."""

from __future__ import annotations

from datetime import UTC, datetime

from cloud_api.access import audit
from cloud_api.access.callers import Account, Caller
from cloud_api.database.pool import Connection
from cloud_api.features.accounts import export, repository
from cloud_api.features.accounts.models import Credentials, Purpose
from cloud_api.features.accounts.tasks import queue_code, queue_registered
from cloud_api.features.sessions import repository as sessions
from cloud_api.security.access_tokens import refused
from cloud_api.security.rate_limit import MAILS_PER_ADDRESS, RateLimit, limit_rate
from cloud_api.security.throttle import count_attempt, forgive, mail_code, own_password
from cloud_api.services import Services
from cloud_api.web.problems import Problem, invalid
from local_engine.contracts.accounts import AccountExport, Me, Registered

_CHECK_MAIL = "Look into your mail: we sent you a code for it."
_MAILS_BY_CALLER = RateLimit("mails asked for by", 60, 3600)


async def register(services: Services, email: str, password: str, caller: Caller) -> Registered:
    """A new account; for an address that has one, the same answer after the same work."""
    limit = RateLimit("register", services.settings.platform_registrations_per_hour, 3600)
    await limit_rate(services.database, limit, caller.address)
    await limit_rate(services.database, MAILS_PER_ADDRESS, email)
    _require_different("/password", password, email)
    password_hash = await services.passwords.hash(password)

    async def work(connection: Connection) -> None:
        user = await repository.insert(connection, email, password_hash)
        await queue_registered(connection, email, taken=user is None)
        if user is not None:
            await audit.record(connection, "registered", user, caller)

    await services.database.run(work)
    return Registered(email=email, detail=_CHECK_MAIL)


def me(account: Account) -> Me:
    """The account that is signed in."""
    return Me(
        id=account.id,
        email=account.email,
        email_verified=account.verified,
        created_at=account.created_at,
    )


async def change_password(
    services: Services, account: Account, caller: Caller, current: str, new: str
) -> None:
    """All other sessions end. A wrong current password counts as a failed attempt."""
    await verify_own(services, account, current, "/current_password")
    _require_different("/new_password", new, account.email)
    password_hash = await services.passwords.hash(new)

    async def work(connection: Connection) -> None:
        await repository.set_password(connection, account.id, password_hash)
        ended = await sessions.end_all(connection, account.id, but=account.session)
        await audit.record(connection, "password-changed", account.id, caller, ended=ended)

    await services.database.run(work)


async def forget_password(services: Services, email: str, caller: Caller) -> None:
    """Mail a code, if there is such an account; nothing tells whether there is."""
    await _queue_mail(services, email, Purpose.RESET, caller)


async def resend_verification(services: Services, account: Account, caller: Caller) -> None:
    """Mail another code, unless the address is verified already."""
    await _queue_mail(services, account.email, Purpose.VERIFY, caller)


async def _queue_mail(services: Services, email: str, purpose: Purpose, caller: Caller) -> None:
    """Queue a mail; an address that gets many is spared, and told nothing of."""
    await limit_rate(services.database, _MAILS_BY_CALLER, caller.address)
    await limit_rate(services.database, MAILS_PER_ADDRESS, email)

    async def work(connection: Connection) -> None:
        await queue_code(connection, email, purpose)

    await services.database.run(work)


async def reset_password(services: Services, code: str, new: str, caller: Caller) -> None:
    """Set a new password with a mailed code. All sessions end; the address is verified by it.

    Where it was not verified before, somebody else may have joined with it: their keys of providers
    would see and pay for what the owner asks, and whom they let in would see what the owner makes.
    So both go.
    """
    attempts = mail_code(caller.address)
    await count_attempt(services.database, attempts)
    password_hash = await services.passwords.hash(new)

    async def work(connection: Connection) -> None:
        user = await repository.spend_code(connection, code, Purpose.RESET)
        if user is None:
            raise _bad_code()
        await repository.lock(connection, user)
        facts = {"ended": await sessions.end_all(connection, user)}
        if not await repository.is_verified(connection, user):
            facts["keys"], facts["shares"] = await repository.take_back(connection, user)
        await repository.set_password(connection, user, password_hash)
        await repository.mark_verified(connection, user)
        await audit.record(connection, "password-reset", user, caller, **facts)

    await services.database.run(work)
    await forgive(services.database, attempts)


async def verify_email(
    services: Services, account: Account | None, caller: Caller, code: str, password: str | None
) -> None:
    """Take a mailed code as proof that the address belongs to whoever has the account.

    The code alone shows only who reads the mail: somebody else may have joined with the address. So
    it takes the account's own session too, or its password. Raises 422 for what is not good.
    """
    attempts = mail_code(caller.address)
    await count_attempt(services.database, attempts)
    owner = await repository.owner_of_code(services.database, code, Purpose.VERIFY)
    if account is None:
        await _require_password_with_code(services, owner, password)
    elif owner is None or owner.id != account.id:
        raise _bad_code()

    async def work(connection: Connection) -> None:
        user = await repository.spend_code(connection, code, Purpose.VERIFY)
        if user is None:
            raise _bad_code()
        await repository.mark_verified(connection, user)
        await audit.record(connection, "email-verified", user, caller)

    await services.database.run(work)
    await forgive(services.database, attempts)


async def _require_password_with_code(
    services: Services, owner: Credentials | None, password: str | None
) -> None:
    """Raises 422 unless the password is that of the code's account; 429 after many wrong ones."""
    if password is None:
        raise invalid("/password", "missing", "Sign in first, or give the account's password too.")
    if owner is None:
        raise _bad_code()
    subject = own_password(owner.id)
    await count_attempt(services.database, subject)
    if not await services.passwords.verify(password, owner.password_hash):
        raise invalid("/password", "wrong", "This is not the password of the code's account.")
    await forgive(services.database, subject)


async def delete_account(
    services: Services, account: Account, caller: Caller, password: str
) -> None:
    """Delete an account with all that belongs to it; it takes the password, and is final."""
    await verify_own(services, account, password, "/password")

    async def work(connection: Connection) -> None:
        await repository.delete(connection, account.id)
        await audit.record(connection, "account-deleted", account.id, caller)

    await services.database.run(work)


async def export_account(services: Services, account: Account, caller: Caller) -> AccountExport:
    """All that is kept about an account, as it is at one moment."""

    async def work(connection: Connection) -> AccountExport:
        await audit.record(connection, "account-exported", account.id, caller)
        devices = await sessions.list_all(connection, account.id)
        return AccountExport(
            exported_at=datetime.now(UTC),
            account=me(account),
            devices=[device.shown(account.session) for device in devices],
            security_events=await repository.security_events(connection, account.id),
            data=await export.collect(connection, account.id),
        )

    return await services.database.run(work)


async def verify_own(services: Services, account: Account, password: str, pointer: str) -> None:
    """Raises 422 for a wrong password, 429 after too many, 401 when the account is gone."""
    subject = own_password(account.id)
    await count_attempt(services.database, subject)
    user = await repository.find_by_id(services.database, account.id)
    if user is None:
        raise refused("This account no longer exists.")
    if not await services.passwords.verify(password, user.password_hash):
        raise invalid(pointer, "wrong", "This is not your password.")
    await forgive(services.database, subject)


def _require_different(pointer: str, password: str, email: str) -> None:
    if password.lower() == email.lower():
        raise invalid(pointer, "same-as-email", "Choose something else than the e-mail address.")


def _bad_code() -> Problem:
    return invalid(
        "/code", "bad-code", "This code is not good: wrong, used, or too old. Ask for a new one."
    )
