"""What can be done with keys of providers."""

from __future__ import annotations

from uuid import UUID, uuid4

from pydantic import SecretStr

from cloud_api.access import audit
from cloud_api.access.callers import Account, Caller, keep_signed_in
from cloud_api.database.pool import Connection
from cloud_api.features.llm_keys import repository
from cloud_api.security.rate_limit import RateLimit, limit_rate
from cloud_api.security.vault import Place, VaultError
from cloud_api.services import Services
from cloud_api.web.problems import Problem, invalid, not_found
from local_engine.contracts.llm_keys import KeyTest, LlmKey, LlmKeys, Provider
from local_engine.generator.agents.providers import check_key

_STORED = RateLimit("keys stored by", 30, 3600)
_TESTS = RateLimit("tests of keys by", 30, 3600)
_SHOWN = 4
_FIRST = UUID(int=0)
_WORKS = {"works": True, "refused": False, "unknown": None}


async def list_keys(services: Services, account: Account) -> LlmKeys:
    """The keys of an account, and the providers for which the platform has keys."""
    found = await repository.list_all(services.database, account.id)
    return LlmKeys(
        keys=[row.shown() for row in found], platform=services.settings.platform_providers
    )


async def store(
    services: Services, account: Account, caller: Caller, provider: Provider, key: SecretStr
) -> LlmKey:
    """Encrypt a key and keep it, in place of an earlier one. Raises 429 after many."""
    text = key.get_secret_value().strip()
    if not text.isascii() or not text.isprintable() or " " in text or len(text) < 2 * _SHOWN:
        raise invalid("/key", "no-key", "This is no key: copy it from the provider's page again.")
    await limit_rate(services.database, _STORED, str(account.id))
    place = Place(account.id, provider, uuid4())
    sealed = services.vault.seal(SecretStr(text), place)

    async def work(connection: Connection) -> LlmKey:
        # A new password takes the keys of who had the account before: none may slip in after that.
        await keep_signed_in(connection, account)
        facts = await repository.put(connection, place, sealed, text[-_SHOWN:])
        await audit.record(connection, "llm-key-stored", account.id, caller, provider=provider)
        return facts.shown()

    return await services.database.run(work)


async def remove(services: Services, account: Account, caller: Caller, provider: Provider) -> None:
    """Remove a key. Raises 404 when there is none."""

    async def work(connection: Connection) -> None:
        if not await repository.delete(connection, account.id, provider):
            raise not_found()
        await audit.record(connection, "llm-key-removed", account.id, caller, provider=provider)

    await services.database.run(work)


async def test(services: Services, account: Account, caller: Caller, provider: Provider) -> KeyTest:
    """Ask the provider whether it takes the stored key. Raises 404 when there is none."""
    await limit_rate(services.database, _TESTS, str(account.id))
    row = await repository.find(services.database, account.id, provider)
    if row is None:
        raise not_found()
    try:
        key = services.vault.open(row.sealed, row.place)
    except VaultError as error:
        raise unreadable() from error
    addresses: dict[Provider, str] = {
        "gemini": services.settings.google_gemini_base_url,
        "groq": services.settings.groq_base_url,
        "openai": services.settings.openai_base_url,
    }
    outcome = await check_key(provider, key, addresses[provider])

    async def work(connection: Connection) -> None:
        await repository.mark_tested(connection, row.id, _WORKS[outcome.verdict])
        facts = {"provider": provider, "verdict": outcome.verdict}
        await audit.record(connection, "llm-key-tested", account.id, caller, **facts)

    await services.database.run(work)
    return KeyTest(verdict=outcome.verdict, detail=outcome.detail)


def unreadable() -> Problem:
    """409: a stored key cannot be decrypted; its owner has to store it again."""
    return Problem(
        409, "unreadable-key", "The stored key cannot be read any more. Store it once more."
    )


async def rewrap_all(services: Services) -> tuple[int, int]:
    """Wrap all data keys by the present key; how many were, and how many cannot be opened.

    In steps of a hundred rows, each a transaction: it can be interrupted and repeated at any time,
    while the service runs.
    """
    done, failed, after = 0, 0, _FIRST
    while True:

        async def work(connection: Connection, after: UUID = after) -> tuple[int, int, UUID | None]:
            return await _rewrap_some(services, connection, after)

        some, bad, last = await services.database.run(work)
        done, failed = done + some, failed + bad
        if last is None:
            return done, failed
        after = last


async def _rewrap_some(
    services: Services, connection: Connection, after: UUID
) -> tuple[int, int, UUID | None]:
    rows = await repository.outdated(connection, services.vault.present, after)
    failed = 0
    for row in rows:
        try:
            sealed = services.vault.rewrap(row.sealed, row.place)
        except VaultError:
            failed += 1
            continue
        await repository.rewrap(connection, row.id, sealed)
    return len(rows) - failed, failed, rows[-1].id if rows else None
