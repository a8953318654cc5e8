"""The root of the source model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.model.entity import Entity
from local_engine.generator.blueprint.model.extras import Email, Feed, Job, Report
from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.operation import Operation


class Accounts(Node):
    """Who may have an account."""

    sign_up: Literal["open", "invite", "closed"] = Key(
        default="open",
        description="Whether everybody may register, only who is invited, or nobody.",
    )
    roles: list[str] = Key(
        default=[], description="The roles of the whole system; `admin` always exists."
    )
    default_role: str | None = Key(
        default=None, description="The role of who registers; none if left out."
    )
    was: dict[str, str] = Key(default={}, description="What renamed roles were called before.")


class Tenancy(Node):
    """Data of tenants that never see each other."""

    tenant: str = Key(description="The entity whose rows are the tenants.")
    through: str = Key(description="The entity whose rows say who belongs to a tenant.")
    user: str = Key(default="user", description="Its relation to User.")
    role: str | None = Key(default=None, description="Its enum field with the member's role.")
    creator_role: str | None = Key(
        default=None, description="The role that the creator of a tenant gets."
    )


class Blueprint(Node):
    """What a backend is: the whole of blueprint.yaml."""

    blueprint: Literal[1] = Key(default=1, description="The version of this language.")
    name: str = Key(description="What people call the product.")
    description: str = Key(default="", description="What it is, in a few sentences.")
    currency: str = Key(default="EUR", description="The ISO 4217 code of its money.")
    time_zone: str = Key(default="UTC", description="The IANA name of its time zone.")
    accounts: Accounts = Key(default=Accounts(), description="Who may have an account.")
    tenancy: Tenancy | None = Key(default=None, description="Data that stays apart.")
    entities: dict[str, Entity] = Key(description="What is stored, by name.")
    operations: dict[str, Operation] = Key(
        default={}, description="What people do that is more than writing one row."
    )
    reports: dict[str, Report] = Key(default={}, description="Aggregates over rows.")
    feeds: dict[str, Feed] = Key(default={}, description="Named lists.")
    jobs: dict[str, Job] = Key(default={}, description="Work that is done again and again.")
    emails: dict[str, Email] = Key(default={}, description="E-mail templates.")
    webhooks: list[str] = Key(default=[], description="Webhooks that effects can call.")

    def plain(self) -> Any:
        """The canonical plain form: begins with the version."""
        return {"blueprint": self.blueprint, **dict(self._plain_items())}
