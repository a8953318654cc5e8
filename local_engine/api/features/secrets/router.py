"""Secrets: kept and forgotten here, told to nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.secrets import service
from local_engine.api.features.secrets.schemas import (
    NewSecret,
    PassedSecret,
    Passphrase,
    SecretStatus,
)

router = APIRouter(prefix="/secrets", tags=["secrets"])

SecretName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9._-]{0,63}$", description="Its name.")]


@router.get("", operation_id="getSecrets")
def get_secrets(engine: TheEngine) -> SecretStatus:
    """Where secrets are kept, and which there are."""
    return service.status(engine.secrets)


@router.put("/{name}", responses=refusals(409, 423), operation_id="putSecret")
def put_secret(engine: TheEngine, name: SecretName, new: NewSecret) -> SecretStatus:
    """Keep a secret, in place of one of the same name."""
    with service.refusing():
        engine.secrets.put(name, new.value.get_secret_value())
    return service.status(engine.secrets)


@router.delete("/{name}", responses=refusals(404, 423), operation_id="removeSecret")
def remove_secret(engine: TheEngine, name: SecretName) -> SecretStatus:
    """Forget a secret."""
    with service.refusing():
        engine.secrets.remove(name)
    return service.status(engine.secrets)


@router.post("/once", status_code=201, operation_id="passSecret")
def pass_secret(engine: TheEngine, new: NewSecret) -> PassedSecret:
    """Hand over a secret for one job to come: it stays in memory, for an hour at most."""
    return PassedSecret(name=engine.secrets.pass_on(new.value.get_secret_value()))


@router.post("/unlock", responses=refusals(409), operation_id="unlockSecrets")
def unlock_secrets(engine: TheEngine, key: Passphrase) -> SecretStatus:
    """Open the encrypted file of secrets; where there is none, make one with this passphrase."""
    with service.refusing():
        engine.secrets.unlock(key.passphrase.get_secret_value())
    return service.status(engine.secrets)


@router.post("/lock", operation_id="lockSecrets")
def lock_secrets(engine: TheEngine) -> SecretStatus:
    """Close the encrypted file of secrets again."""
    engine.secrets.lock()
    return service.status(engine.secrets)
