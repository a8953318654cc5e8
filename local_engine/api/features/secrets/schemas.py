"""What is sent about secrets: their names, never their values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

MAX_VALUE = 8192


class SecretStatus(BaseModel):
    """Where secrets are kept, and which there are.

    `system` is the operating system's key store, `file` a file that a passphrase encrypts, `memory`
    lasts as long as this engine. A `locked` file has to be unlocked before it tells anything.
    """

    store: Literal["system", "file", "memory"]
    locked: bool
    names: list[str]


class NewSecret(BaseModel):
    """The value of a secret."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[SecretStr, Field(min_length=1, max_length=MAX_VALUE)]


class Passphrase(BaseModel):
    """What encrypts the file of secrets."""

    model_config = ConfigDict(extra="forbid")

    passphrase: Annotated[SecretStr, Field(min_length=8, max_length=1024)]


class PassedSecret(BaseModel):
    """The name by which a job's request means a secret that was handed over."""

    name: str
