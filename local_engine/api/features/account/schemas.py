"""What is sent about the account; what the cloud answers goes on in its own form."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from local_engine.contracts.accounts import MAX_PASSWORD, Device, Email


class Credentials(BaseModel):
    """An e-mail address and a password; the password goes to the cloud and is kept nowhere."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    password: Annotated[SecretStr, Field(min_length=1, max_length=MAX_PASSWORD)]


class AccountFacts(BaseModel):
    """Who is signed in, as far as this machine knows without asking the cloud.

    `kept` says where the sign-in is: `memory` lasts as long as this engine. While the secrets are
    `locked`, nobody is.
    """

    cloud: Annotated[str, Field(description="The address of the cloud.")]
    email: str | None
    kept: Literal["system", "file", "memory"]
    locked: bool


class DeviceList(BaseModel):
    """All devices that are signed in, the one used last first."""

    devices: list[Device]


class SignedOutFacts(BaseModel):
    """Whether the cloud could be told; else its list shows this device until it ends by itself."""

    told: bool
