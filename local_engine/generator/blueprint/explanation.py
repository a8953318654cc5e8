"""What a Blueprint does not say but means: every default, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import (
    ACTIONS,
    USER,
    Access,
    Application,
    Entity,
    ExpressionDefault,
    Field,
    FieldType,
    LiteralDefault,
    SlugDefault,
    ToOne,
    Transition,
)

_LENGTHS = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.SLUG)


def explain(application: Application) -> list[str]:
    """One line for each thing, with everything that holds for it; nested by indentation."""
    return list(_lines(application))


def _lines(application: Application) -> Iterator[str]:
    accounts = application.accounts
    yield f"{application.name} ({application.slug})"
    yield f"  currency {application.currency}, {application.currency_digits} digits"
    yield f"  time zone {application.time_zone}"
    default = accounts.default_role or "no role"
    yield f"  accounts: sign-up {accounts.sign_up}; roles {', '.join(accounts.roles)}"
    yield f"  who registers gets {default}"
    if application.tenancy is not None:
        yield f"  data belongs to a {application.tenancy.tenant}; foreign data does not exist"
    for entity in application.entities.values():
        if entity.name != USER or entity.fields:
            yield from _entity(application, entity)
    yield from _extras(application)


def _entity(application: Application, entity: Entity) -> Iterator[str]:
    yield f"{entity.name}: table {entity.table}, collection {_collection(application, entity)}"
    if entity.name != USER:
        yield f"  lists: ordered by {', '.join(entity.default_sort)}"
    if entity.append_only:
        yield "  rows are never changed or deleted"
    if entity.guarded:
        yield "  PATCH, DELETE and transitions need If-Match"
    for field in entity.fields.values():
        yield f"  {field.name}: {', '.join(_field(field))}"
    for relation in entity.to_one.values():
        yield f"  {relation.name}: {', '.join(_relation(entity, relation))}"
    for many in entity.to_many.values():
        yield f"  {many.name}: the rows of {many.of} whose `{many.inverse}` leads here"
    for links in entity.links.values():
        yield f"  {links.name}: links to {links.to}"
    yield from _rules_and_states(entity)
    if entity.name != USER:
        for action in ACTIONS:
            yield f"  {action}: {_action(entity, action)}"


def _rules_and_states(entity: Entity) -> Iterator[str]:
    for rule in (*entity.rules, *entity.inherited_rules):
        yield f"  rule {rule.id}: {rule.message}"
    states = entity.states
    if states is not None:
        values = ", ".join(states.values)
        yield f"  {states.field}: one of {values}; starts as {states.initial}"
        for transition in states.transitions.values():
            yield f"  {transition.name}: {_transition(transition)}"


def _collection(application: Application, entity: Entity) -> str:
    if entity.part_of is not None:
        parent = application.entities[entity.to_one[entity.part_of].to]
        named = (
            many.name.replace("_", "-")
            for many in parent.to_many.values()
            if (many.of, many.inverse) == (entity.name, entity.part_of)
        )
        segment = next(named, entity.segment)
        return f"{_collection(application, parent)}/{{{entity.part_of}_id}}/{segment}"
    if entity.tenanted and application.tenancy is not None:
        tenant = application.entities[application.tenancy.tenant]
        return f"/{tenant.segment}/{{{application.tenancy.relation}_id}}/{entity.segment}"
    return f"/{entity.segment}"


def _field(field: Field) -> Iterator[str]:
    yield str(field.type) if field.item_type is None else f"list of {field.item_type}"
    yield from _presence(field)
    yield from _limits(field)
    flags = ("unique", "immutable", "private", "search", "filter", "sort", "nonzero")
    yield from (flag for flag in flags if getattr(field, flag))
    if field.never_below is not None:
        yield f"never below {field.never_below}"
    for what, access in (("sent by", field.editable_by), ("seen by", field.visible_to)):
        if access is not None:
            yield f"only {what} {_actors(access)}"


def _presence(field: Field) -> Iterator[str]:
    if field.derived is not None:
        yield f"derived: {field.derived.function} over {field.derived.many}"
    elif field.computed is not None:
        yield f"computed: {field.computed.text}"
    elif field.copied_from is not None:
        yield f"copied at creation from {'.'.join(field.copied_from)}"
    elif field.type is FieldType.FILE:
        yield "sent to a route of its own"
    match field.default:
        case LiteralDefault(value):
            yield f"default {value}"
        case ExpressionDefault(expression):
            yield f"default {expression.text}"
        case SlugDefault(other):
            yield f"default the slug of {other}"
    if field.optional:
        yield "may be null"
    elif field.required_on_create:
        yield "required"


def _limits(field: Field) -> Iterator[str]:
    if field.type in _LENGTHS:
        yield f"{field.minimum} to {field.maximum} characters"
    elif field.type is FieldType.LIST:
        yield f"{field.minimum} to {field.maximum} items"
    else:
        if field.minimum is not None:
            yield f"from {field.minimum}"
        if field.maximum is not None:
            yield f"to {field.maximum}"
    if field.places is not None:
        yield f"{field.places} digits after the point"
    if field.values:
        yield f"one of {', '.join(field.values)}"
    if field.allowed:
        yield f"one of {', '.join(map(str, field.allowed))}"
    if field.pattern is not None:
        yield f"matches {field.pattern}"
    if field.max_size is not None:
        yield f"at most {field.max_size} bytes"
    if field.type is FieldType.FILE:
        yield f"content type {' or '.join(field.accept) or 'any'}"


def _relation(entity: Entity, relation: ToOne) -> Iterator[str]:
    yield f"one {relation.to}"
    if relation.implicit:
        yield "set from the path"
    elif relation.name == entity.owner:
        yield "the owner, set to the signed-in user"
    elif relation.name == entity.part_of:
        yield "set from the path"
    else:
        yield "may be null" if relation.optional else "required"
    if relation.immutable:
        yield "immutable"
    if relation.unique:
        yield "one-to-one"
    yield f"on delete {relation.on_delete}"
    if relation.same is not None:
        yield f"with the same {'.'.join(relation.same)}"
    if relation.where is not None:
        yield f"where {relation.where.text}"
    for what, access in (("sent by", relation.editable_by), ("seen by", relation.visible_to)):
        if access is not None:
            yield f"only {what} {_actors(access)}"


def _transition(transition: Transition) -> str:
    return (
        f"from {' or '.join(transition.sources)} to {transition.target}"
        f" by {_actors(transition.access)}"
    )


def _action(entity: Entity, action: str) -> str:
    if action in ("list", "read") and entity.reads_through_parent:
        return f"who may read the {entity.part_of}"
    if action not in ("list", "read") and entity.writes_through_parent:
        return f"who may update the {entity.part_of}"
    return _actors(entity.access[action])


def _actors(access: Access) -> str:
    return " or ".join(clause.written for clause in access.clauses) or "nobody"


def _extras(application: Application) -> Iterator[str]:
    for operation in application.operations.values():
        answer = operation.returns or "nothing"
        yield f"operation {operation.name}: by {_actors(operation.access)}, answers {answer}"
    for report in application.reports.values():
        keys = ", ".join(key.name for key in report.keys) or "nothing (one row)"
        yield f"report {report.name}: {report.function} of {report.entity}, per {keys}"
    for feed in application.feeds.values():
        order = feed.sort or application.entities[feed.entity].default_sort
        yield f"feed {feed.name}: {feed.entity}, ordered by {', '.join(order)}"
    for job in application.jobs.values():
        yield f"job {job.name}: {job.cron} in {application.time_zone}"
