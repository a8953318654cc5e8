"""The user's account in the cloud. Nothing else of the engine needs one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.account import schemas
from local_engine.api.features.account.service import refusing
from local_engine.contracts.accounts import Me, Registered
from local_engine.contracts.generation import Quota
from local_engine.contracts.llm_keys import KeyTest, LlmKey, LlmKeys, NewLlmKey, Provider

router = APIRouter(prefix="/account", tags=["account"])
_SIGNED_IN = refusals(409, 423, 429, 502, 503)


@router.get("", responses=refusals(409), operation_id="getAccount")
def get_account(engine: TheEngine) -> schemas.AccountFacts:
    """Who is signed in, and where; the cloud is not asked."""
    with refusing():
        account = engine.account.open()
    kept = engine.secrets.status()
    email = None
    if not kept.locked:
        with refusing():
            email = account.known_as()
    return schemas.AccountFacts(
        cloud=account.address, email=email, kept=kept.store, locked=kept.locked
    )


@router.post(
    "/registration",
    status_code=201,
    responses=refusals(409, 429, 502, 503),
    operation_id="register",
)
def register(engine: TheEngine, given: schemas.Credentials) -> Registered:
    """Ask for an account; the answer does not tell whether the address was free."""
    with refusing():
        return engine.account.open().register(given.email, given.password)


@router.post("/session", responses=_SIGNED_IN, operation_id="signIn")
def sign_in(engine: TheEngine, given: schemas.Credentials) -> Me:
    """Sign this engine in, in place of whoever was before."""
    with refusing():
        return engine.account.open().sign_in(given.email, given.password)


@router.delete("/session", responses=_SIGNED_IN, operation_id="signOut")
def sign_out(
    engine: TheEngine,
    everywhere: Annotated[bool, Query(description="All devices, this one too.")] = False,
) -> schemas.SignedOutFacts:
    """Sign this engine out, or all devices."""
    with refusing():
        account = engine.account.open()
        if everywhere:
            account.sign_out_everywhere()
            return schemas.SignedOutFacts(told=True)
        return schemas.SignedOutFacts(told=account.sign_out())


@router.get("/me", responses=_SIGNED_IN, operation_id="getMe")
def get_me(engine: TheEngine) -> Me:
    """Who is signed in, as the cloud says."""
    with refusing():
        return engine.account.open().me()


@router.get("/devices", responses=_SIGNED_IN, operation_id="listDevices")
def list_devices(engine: TheEngine) -> schemas.DeviceList:
    """The devices that are signed in."""
    with refusing():
        return schemas.DeviceList(devices=engine.account.open().devices())


@router.delete(
    "/devices/{device}",
    status_code=204,
    responses=refusals(404) | _SIGNED_IN,
    operation_id="signOutDevice",
)
def sign_out_device(engine: TheEngine, device: UUID) -> None:
    """Sign one device out."""
    with refusing():
        engine.account.open().sign_out_device(device)


@router.get("/keys", responses=_SIGNED_IN, operation_id="listKeys")
def list_keys(engine: TheEngine) -> LlmKeys:
    """Providers' keys that the cloud keeps: of each, its last four characters."""
    with refusing():
        return engine.account.open().keys()


@router.put("/keys/{provider}", responses=_SIGNED_IN, operation_id="putKey")
def put_key(engine: TheEngine, provider: Provider, given: NewLlmKey) -> LlmKey:
    """Have the cloud keep a key, in place of an earlier one; it never comes back."""
    with refusing():
        return engine.account.open().put_key(provider, given.key)


@router.post("/keys/{provider}/test", responses=refusals(404) | _SIGNED_IN, operation_id="testKey")
def test_key(engine: TheEngine, provider: Provider) -> KeyTest:
    """Whether the provider takes the key; costs nothing."""
    with refusing():
        return engine.account.open().test_key(provider)


@router.delete(
    "/keys/{provider}",
    status_code=204,
    responses=refusals(404) | _SIGNED_IN,
    operation_id="removeKey",
)
def remove_key(engine: TheEngine, provider: Provider) -> None:
    """Have the cloud forget a key."""
    with refusing():
        engine.account.open().remove_key(provider)


@router.get("/usage", responses=_SIGNED_IN, operation_id="getUsage")
def get_usage(engine: TheEngine) -> Quota:
    """What was used of the cloud today, and may be."""
    with refusing():
        return engine.account.open().usage()
