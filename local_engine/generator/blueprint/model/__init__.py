"""The source model: Pydantic models as close to the YAML as can be, short forms included."""

from local_engine.generator.blueprint.model.access import Access, Actors
from local_engine.generator.blueprint.model.blueprint import Accounts, Blueprint, Tenancy
from local_engine.generator.blueprint.model.effect import (
    CreateEffect,
    DecreaseEffect,
    DeleteEffect,
    EachEffect,
    Effect,
    EmailEffect,
    EntityEffect,
    IncreaseEffect,
    Requirement,
    SetEffect,
    WebhookEffect,
)
from local_engine.generator.blueprint.model.entity import Entity, Members, States, Transition
from local_engine.generator.blueprint.model.extras import Email, Feed, Job, Report
from local_engine.generator.blueprint.model.field import TYPE_NAMES, Field
from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.operation import Input, Operation, RefInput, RowsInput
from local_engine.generator.blueprint.model.relation import Links, Relation, ToMany, ToOne
from local_engine.generator.blueprint.model.rule import (
    AtMostRule,
    CheckRule,
    EditableWhileRule,
    NoOverlapRule,
    Rule,
    UniqueRule,
)
from local_engine.generator.blueprint.model.scalars import ExpressionText

__all__ = [
    "TYPE_NAMES",
    "Access",
    "Accounts",
    "Actors",
    "AtMostRule",
    "Blueprint",
    "CheckRule",
    "CreateEffect",
    "DecreaseEffect",
    "DeleteEffect",
    "EachEffect",
    "EditableWhileRule",
    "Effect",
    "Email",
    "EmailEffect",
    "Entity",
    "EntityEffect",
    "ExpressionText",
    "Feed",
    "Field",
    "IncreaseEffect",
    "Input",
    "Job",
    "Links",
    "Members",
    "NoOverlapRule",
    "Node",
    "Operation",
    "RefInput",
    "Relation",
    "Report",
    "Requirement",
    "RowsInput",
    "Rule",
    "SetEffect",
    "States",
    "Tenancy",
    "ToMany",
    "ToOne",
    "Transition",
    "UniqueRule",
    "WebhookEffect",
]
