"""Makes the outlines of all entities and checks their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from local_engine.generator.blueprint import model
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.names import check_entity_name, check_name
from local_engine.generator.blueprint.resolving.naming import kebab_case, plural, snake_case
from local_engine.generator.blueprint.resolving.outline import Inverse, Outline, Reference
from local_engine.generator.blueprint.resolving.shapes import RowShape


def make_outlines(context: Context) -> None:
    """Fills `context.outlines` and `context.shapes`; User comes first and is always there."""
    entities = dict(context.blueprint.entities)
    user = entities.pop(USER, None) or model.Entity()
    _check_user(context, user)
    for name, source in {USER: user, **entities}.items():
        context.outlines[name] = _named(context, name, source)
    _find_tenant(context)
    for outline in context.outlines.values():
        _Outlining(context, outline).fill()
    for outline in context.outlines.values():
        _find_inverses(context, outline)
    context.shapes.update(
        {name: RowShape(context, outline) for name, outline in context.outlines.items()}
    )
    _check_tables(context)
    _check_renames(context)


def _check_user(context: Context, user: model.Entity) -> None:
    for key in user.plain():
        if key not in ("fields", "description"):
            context.error(
                ("entities", USER, key),
                "user-entity",
                "User is built in: it can have own `fields`, nothing else. Relate other entities"
                " to it instead.",
                at_key=True,
            )


def _named(context: Context, name: str, source: model.Entity) -> Outline:
    path: Path = ("entities", name)
    check_entity_name(context, name, path)
    snake = snake_case(name)
    table = source.plural or plural(snake)
    if source.plural is not None:
        check_name(context, source.plural, (*path, "plural"), "plural", words=False)
    return Outline(name, source, snake, table, kebab_case(table))


def _find_tenant(context: Context) -> None:
    tenancy = context.blueprint.tenancy
    if tenancy is None:
        return
    path: Path = ("tenancy", "tenant")
    if tenancy.tenant == USER or context.entity(tenancy.tenant, path) is None:
        if tenancy.tenant == USER:
            context.error(path, "tenancy", "User cannot be the tenant: name another entity.")
        return
    context.tenant = tenancy.tenant
    context.tenant_relation = snake_case(tenancy.tenant)
    for name, outline in context.outlines.items():
        outline.tenanted = name not in (USER, context.tenant) and not outline.source.shared


class _Outlining:
    """Fills one outline from its source."""

    def __init__(self, context: Context, outline: Outline) -> None:
        self._context = context
        self._outline = outline
        self._path: Path = ("entities", outline.name)

    def fill(self) -> None:
        outline, source = self._outline, self._outline.source
        if outline.tenanted and self._context.tenant and self._context.tenant_relation:
            reference = Reference(self._context.tenant, optional=False, source=None)
            outline.to_one[self._context.tenant_relation] = reference
        for name, field in source.fields.items():
            path = (*self._path, "fields", name)
            if self._is_free(name, path, relation=False):
                outline.fields[name] = field
        for name, relation in source.relations.items():
            self._relation(name, relation)
        self._states()
        self._check_columns()

    def _is_free(self, name: str, path: Path, *, relation: bool) -> bool:
        check_name(self._context, name, path, "name")
        if name in reserved.ROW_NAMES or (name in reserved.SCOPE_NAMES and name != "user"):
            return self._taken(path, f"`{name}` is reserved in every entity.")
        if name == "user" and not relation:
            return self._taken(path, "`user` is reserved for the signed-in user in expressions.")
        if self._outline.name == USER and name in reserved.USER_COLUMNS:
            return self._taken(path, f"Every user has `{name}` already.")
        if name == self._context.tenant_relation and self._outline.tenanted:
            return self._taken(
                path,
                f"The relation `{name}` to the tenant is made by itself: remove this"
                " (or say `shared: true`).",
            )
        if name in self._outline.names():
            return self._taken(path, f"`{name}` is a field already: give one another name.")
        return True

    def _taken(self, path: Path, message: str) -> bool:
        self._context.error(path, "reserved-name", message, at_key=True)
        self._outline.broken.add(str(path[-1]))
        return False

    def _relation(self, name: str, relation: model.Relation) -> None:
        path = (*self._path, "relations", name)
        if not self._is_free(name, path, relation=True):
            return
        outline = self._outline
        key, target = _target(relation)
        if self._context.entity(target, (*path, key)) is None:
            outline.broken.add(name)
        elif isinstance(relation, model.ToOne):
            outline.to_one[name] = Reference(target, relation.optional, relation)
            if name == "user" and target != USER:
                self._taken(path, "A relation with the name `user` must lead to User.")
        elif isinstance(relation, model.Links):
            outline.links[name] = relation
            if target == USER:
                self._context.error(
                    (*path, key),
                    "links-to-user",
                    "Links to User are not possible: make an entity with relations to both.",
                )
        else:
            outline.to_many[name] = Inverse(target, relation.by or "", relation)

    def _states(self) -> None:
        states = self._outline.source.states
        if states is None:
            return
        path = (*self._path, "states")
        name = states.field
        if name in self._outline.names() or name in self._outline.broken:
            self._context.error(
                path,
                "reserved-name",
                f"The states are kept in the field `{name}`: do not list it under `fields` too"
                " (or give the states another `field`).",
                at_key=True,
            )
            self._outline.fields.pop(name, None)
        else:
            check_name(self._context, name, (*path, "field"), "name")
        self._outline.state_field = name
        self._outline.states = tuple(dict.fromkeys(_state_names(states)))

    def _check_columns(self) -> None:
        outline = self._outline
        for name in outline.to_one:
            column = f"{name}_id"
            if column in outline.fields or column == outline.state_field:
                self._context.error(
                    (*self._path, "fields", column),
                    "name-clash",
                    f"The relation `{name}` has the column `{column}` already.",
                    at_key=True,
                )
        for name, field in outline.fields.items():
            if field.type == "file" and f"{name}_file" in outline.to_one:
                self._context.error(
                    (*self._path, "relations", f"{name}_file"),
                    "name-clash",
                    f"The file `{name}` has the column `{name}_file_id` already.",
                    at_key=True,
                )


def _target(relation: model.Relation) -> tuple[str, str]:
    match relation:
        case model.ToOne():
            return "to", relation.to
        case model.ToMany():
            return "many", relation.many
        case model.Links():
            return "links", relation.links


def _state_names(states: model.States) -> Iterator[str]:
    """All states: the initial one, then as they are named."""
    yield states.initial
    for transition in states.transitions.values():
        yield from (state for state in transition.from_ if state != "any")
        yield transition.to


def _find_inverses(context: Context, outline: Outline) -> None:
    for name, inverse in list(outline.to_many.items()):
        path: Path = ("entities", outline.name, "relations", name)
        child = context.outlines[inverse.of]
        leading = [key for key, ref in child.to_one.items() if ref.to == outline.name]
        found = _inverse(context, path, child, inverse, leading, outline.name)
        if found is None:
            del outline.to_many[name]
            outline.broken.add(name)
        else:
            outline.to_many[name] = Inverse(inverse.of, found, inverse.source)


def _inverse(
    context: Context,
    path: Path,
    child: Outline,
    inverse: Inverse,
    leading: list[str],
    entity: str,
) -> str | None:
    wanted = inverse.source.by
    if wanted is not None:
        if wanted in leading:
            return wanted
        context.error(
            (*path, "by"),
            "unknown-relation",
            f"{child.name} has no relation `{wanted}` to {entity}.",
            closest(wanted, leading),
        )
        return None
    own = [key for key in leading if child.to_one[key].source is not None] or leading
    if len(own) == 1:
        return own[0]
    if own:
        context.error(
            path,
            "ambiguous-inverse",
            f"{child.name} has several relations to {entity}: say which one with `by`"
            f" ({', '.join(own)}).",
            at_key=True,
        )
    elif not (child.broken & set(child.source.relations)):
        context.error(
            (*path, "many"),
            "unknown-relation",
            f"{child.name} has no relation to {entity}: add"
            f" `{snake_case(entity)}: {{to: {entity}}}` to its relations.",
        )
    return None


def _check_renames(context: Context) -> None:
    """A name before a rename cannot be in use still, nor belong to two things."""
    sources = {name: outline.source for name, outline in context.outlines.items()}
    _check_was(context, {name: source.was for name, source in sources.items()}, ("entities",))
    for name, source in sources.items():
        members = {
            **{key: (field.was, "fields") for key, field in source.fields.items()},
            **{
                key: (relation.was, "relations")
                for key, relation in source.relations.items()
                if not isinstance(relation, model.ToMany)
            },
        }
        for group in ("fields", "relations"):
            renamed = {key: was for key, (was, kind) in members.items() if kind == group}
            _check_was(context, renamed, ("entities", name, group))


def _check_was(context: Context, renamed: dict[str, str | None], path: Path) -> None:
    seen: set[str] = set()
    for name, was in renamed.items():
        if was is None:
            continue
        if was in renamed:
            message = f"`{was}` is still there, so `{name}` cannot be what it was."
            context.error((*path, name, "was"), "contradiction", message)
        elif was in seen:
            message = f"Something else was called `{was}` too."
            context.error((*path, name, "was"), "contradiction", message)
        seen.add(was)


def _check_tables(context: Context) -> None:
    tables: dict[str, list[Outline]] = defaultdict(list)
    for outline in context.outlines.values():
        tables[outline.table].append(outline)
    for table, sharing in tables.items():
        last = sharing[-1]
        path: Path = ("entities", last.name)
        if len(sharing) > 1:
            context.error(
                path,
                "name-clash",
                f"{sharing[0].name} and {last.name} would both be kept in the table `{table}`:"
                " give one another name or `plural`.",
                at_key=True,
            )
        if last.name == USER:
            continue
        top = not last.tenanted and last.source.part_of is None
        taken = reserved.ROOT_ROUTES if top else reserved.TENANT_ROUTES if last.tenanted else ()
        if table in reserved.TABLES or table.startswith("procrastinate_") or last.segment in taken:
            context.error(
                path,
                "reserved-name",
                f"`{table}` is taken by a fixed part of every backend: give {last.name} another"
                " name or `plural`.",
                at_key=True,
            )
