"""Keys of providers over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from cloud_api.access.callers import TheAccount, TheCaller
from cloud_api.features.llm_keys import service
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import llm_keys as wire

router = APIRouter(prefix="/llm-keys", tags=["LLM keys"])


@router.get("", responses=refusals(401), operation_id="listLlmKeys")
async def list_keys(services: TheServices, account: TheAccount) -> wire.LlmKeys:
    """The stored keys: of each, its last four characters."""
    return await service.list_keys(services, account)


@router.put("/{provider}", responses=refusals(401, 429), operation_id="storeLlmKey")
async def store_key(
    services: TheServices,
    account: TheAccount,
    caller: TheCaller,
    provider: wire.Provider,
    given: wire.NewLlmKey,
) -> wire.LlmKey:
    """Store a key, in place of an earlier one. It is encrypted, and never comes back."""
    return await service.store(services, account, caller, provider, given.key)


@router.delete(
    "/{provider}", status_code=204, responses=refusals(401, 404), operation_id="removeLlmKey"
)
async def remove_key(
    services: TheServices, account: TheAccount, caller: TheCaller, provider: wire.Provider
) -> None:
    """Remove a key."""
    await service.remove(services, account, caller, provider)


@router.post("/{provider}/test", responses=refusals(401, 404, 409, 429), operation_id="testLlmKey")
async def test_key(
    services: TheServices, account: TheAccount, caller: TheCaller, provider: wire.Provider
) -> wire.KeyTest:
    """Ask the provider whether it takes the stored key. Costs nothing."""
    return await service.test(services, account, caller, provider)
