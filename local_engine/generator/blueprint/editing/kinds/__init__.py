"""The kinds of edits, by the part of a Blueprint that they change; `Edit` is any of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator

from local_engine.generator.blueprint.editing.kinds.access import SetAccess
from local_engine.generator.blueprint.editing.kinds.entities import (
    AddEffect,
    AddEntity,
    ChangeEntity,
    RemoveEffect,
    RemoveEntity,
    RenameEntity,
    SetMembers,
    SetOwner,
    SetPartOf,
    SetPlace,
)
from local_engine.generator.blueprint.editing.kinds.lines import RestoreLines
from local_engine.generator.blueprint.editing.kinds.members import (
    AddField,
    AddRelation,
    ChangeField,
    ChangeRelation,
    RemoveField,
    RemoveRelation,
    RenameField,
    RenameRelation,
    SetFieldAccess,
)
from local_engine.generator.blueprint.editing.kinds.product import (
    AddRole,
    RemoveRole,
    RenameRole,
    SetAccounts,
    SetProduct,
    SetTenancy,
)
from local_engine.generator.blueprint.editing.kinds.rules import AddRule, ChangeRule, RemoveRule
from local_engine.generator.blueprint.editing.kinds.sections import (
    AddWebhook,
    DefineEmail,
    DefineFeed,
    DefineJob,
    DefineOperation,
    DefineReport,
    RemoveSection,
    RemoveWebhook,
    RenameSection,
    RenameWebhook,
)
from local_engine.generator.blueprint.editing.kinds.states import (
    AddStates,
    AddTransition,
    ChangeTransition,
    RemoveState,
    RemoveStates,
    RemoveTransition,
    RenameState,
    RenameTransition,
    SetInitialState,
)

Edit = Annotated[
    AddEffect
    | AddEntity
    | AddField
    | AddRelation
    | AddRole
    | AddRule
    | AddStates
    | AddTransition
    | AddWebhook
    | ChangeEntity
    | ChangeField
    | ChangeRelation
    | ChangeRule
    | ChangeTransition
    | DefineEmail
    | DefineFeed
    | DefineJob
    | DefineOperation
    | DefineReport
    | RemoveEffect
    | RemoveEntity
    | RemoveField
    | RemoveRelation
    | RemoveRole
    | RemoveRule
    | RemoveSection
    | RemoveState
    | RemoveStates
    | RemoveTransition
    | RemoveWebhook
    | RenameEntity
    | RenameField
    | RenameRelation
    | RenameRole
    | RenameSection
    | RenameState
    | RenameTransition
    | RenameWebhook
    | RestoreLines
    | SetAccess
    | SetAccounts
    | SetFieldAccess
    | SetInitialState
    | SetMembers
    | SetOwner
    | SetPartOf
    | SetPlace
    | SetProduct
    | SetTenancy,
    Discriminator("edit"),
]
"""One change of a Blueprint; JSON tells the kinds apart by `edit`."""
