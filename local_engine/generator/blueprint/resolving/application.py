"""The whole resolution: from a Blueprint to an Application, with all problems on the way."""

from __future__ import annotations

from typing import TypeVar

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.problems import Path, ProblemList
from local_engine.generator.blueprint.resolving.accounts import read_settings, resolve_accounts
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.contradictions import check_access, unused
from local_engine.generator.blueprint.resolving.cycles import check_cycles
from local_engine.generator.blueprint.resolving.effects import EffectResolver
from local_engine.generator.blueprint.resolving.entities import EntityResolver
from local_engine.generator.blueprint.resolving.fields import FieldResolver
from local_engine.generator.blueprint.resolving.immutability import settle
from local_engine.generator.blueprint.resolving.jobs import resolve_job
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.naming import slug
from local_engine.generator.blueprint.resolving.operations import resolve_operation
from local_engine.generator.blueprint.resolving.outlining import make_outlines
from local_engine.generator.blueprint.resolving.places import check_tenancy
from local_engine.generator.blueprint.resolving.reports import resolve_feed, resolve_report
from local_engine.generator.blueprint.resolving.routes import check_routes

T = TypeVar("T")


def resolve_application(blueprint: model.Blueprint, problems: ProblemList) -> resolved.Application:
    """The resolved Blueprint; usable only if `problems` has no errors afterwards."""
    return resolve_in(Context(blueprint, problems))


def resolve_in(context: Context) -> resolved.Application:
    """The resolution in a new context, for whoever wants to look into that afterwards."""
    blueprint = context.blueprint
    context.resolve_field = FieldResolver(context)
    read_settings(context)
    accounts = resolve_accounts(context)
    if not blueprint.entities:
        message = "A Blueprint describes one entity at least."
        context.error(("entities",), "missing-key", message, at_key=True)
    make_outlines(context)
    effects = EffectResolver(context)
    entities = EntityResolver(context, effects).all()
    application = resolved.Application(
        name=blueprint.name,
        slug=slug(blueprint.name),
        description=blueprint.description,
        currency=blueprint.currency,
        currency_digits=context.digits,
        time_zone=context.time_zone,
        accounts=accounts,
        tenancy=_tenancy(context),
        entities=settle(context, entities),
        operations={
            name: resolve_operation(context, name, source, effects)
            for name, source in blueprint.operations.items()
        },
        reports=_known(
            {name: resolve_report(context, name, of) for name, of in blueprint.reports.items()}
        ),
        feeds=_known(
            {name: resolve_feed(context, name, of) for name, of in blueprint.feeds.items()}
        ),
        jobs=_known(
            {name: resolve_job(context, name, of, effects) for name, of in blueprint.jobs.items()}
        ),
        emails=_emails(context),
        webhooks=_webhooks(context),
    )
    _check_whole(context, application, effects)
    return application


def _known(found: dict[str, T | None]) -> dict[str, T]:
    return {name: value for name, value in found.items() if value is not None}


def _tenancy(context: Context) -> resolved.Tenancy | None:
    if context.tenant is None or context.tenant_relation is None:
        return None
    return resolved.Tenancy(context.tenant, context.tenant_relation)


def _emails(context: Context) -> dict[str, resolved.Email]:
    found = {}
    for name, source in context.blueprint.emails.items():
        path: Path = ("emails", name)
        check_name(context, name, path, "name", words=False)
        if not source.subject.strip() or "\n" in source.subject:
            message = "A subject is one line of text."
            context.error((*path, "subject"), "bad-email", message)
        found[name] = resolved.Email(name, source.subject, source.text)
    return found


def _webhooks(context: Context) -> tuple[str, ...]:
    names = context.blueprint.webhooks
    for index, name in enumerate(names):
        path: Path = ("webhooks", index)
        check_name(context, name, path, "name", words=False)
        if name in names[:index]:
            context.error(path, "name-clash", f"The webhook `{name}` is listed twice.")
    return tuple(names)


def _check_whole(
    context: Context, application: resolved.Application, effects: EffectResolver
) -> None:
    check_tenancy(context)
    check_cycles(context, application.entities)
    check_routes(context, application)
    check_access(context, application, effects.used.created)
    _check_names_of_operations(context, application)
    for name in application.emails:
        if name not in effects.used.emails:
            context.warning(("emails", name), "unused", f"No effect sends the e-mail `{name}`.")
    for index, name in enumerate(application.webhooks):
        if name not in effects.used.webhooks:
            message = f"No effect calls the webhook `{name}`."
            context.warning(("webhooks", index), "unused", message)
    for role in unused(application):
        index = context.blueprint.accounts.roles.index(role)
        message = f"The role `{role}` is not allowed anything that others are not."
        context.warning(("accounts", "roles", index), "unused", message)


def _check_names_of_operations(context: Context, application: resolved.Application) -> None:
    """An operation on a row must not have the id of a transition's requirement."""
    for name, operation in application.operations.items():
        entity = application.entities.get(operation.on or "")
        if entity is not None and entity.states and name in entity.states.transitions:
            path: Path = ("operations", name)
            message = f"{entity.name} has a transition `{name}` already."
            context.error(path, "name-clash", message, at_key=True)
