"""Functions of a repository that read: pages of lists, one row, where a path leads."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Access, HasRole, ToMany
from local_engine.generator.emit.fastapi.entities.functions import (
    ACTOR,
    CONNECTION,
    DATABASE,
    DB,
    DOCUMENT,
    PAGE,
    UUID,
    Functions,
    guard,
    guarded,
)
from local_engine.generator.emit.fastapi.entities.lists import hidden_names
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.python import (
    NONE,
    Evaluate,
    Expression,
    Formatted,
    Function,
    If,
    Infix,
    Name,
    Prefixed,
    Return,
    Statement,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
    mapping,
    parameter,
    subscript,
    union,
)
from local_engine.generator.emit.relational.names import link_columns, link_table, quote


class Reading(Functions):
    """Builds the functions that read."""

    def functions(self) -> Iterator[Function]:
        """All of them, in the order of the module."""
        plan = self.plan
        if "list" in plan.actions:
            yield self._list_page()
        for parent, many in lists_of(plan):
            yield self._list_below(parent, many)
        for origin, name in linked_from(plan):
            yield self._list_linked(origin, name)
        if any(True for _ in hidden_names(plan)):
            yield self._hidden_names()
        if plan.nested:
            yield self._require_reachable()
        if "read" in plan.actions:
            yield self._read()
        if plan.below_readable:
            yield self._require_readable()

    def _fetch(self, where: Expression, parameters: Expression) -> Return:
        page = call(
            attribute("page", "fetch"),
            "database",
            document="DOCUMENT",
            source=attribute(self.access, "SOURCE"),
            where=where,
            parameters=parameters,
        )
        return Return(await_(page))

    def _list_page(self) -> Function:
        words = self.plan.resource.plural_words
        return self.function(
            "list_page",
            (DATABASE, ACTOR, *self.keys(own=False), PAGE),
            "str",
            f"A page of the {words} that the actor may see, as JSON.",
            self._fetch(self.within("LISTED"), self.parameters(own=False)),
        )

    def _list_below(self, parent: Plan, many: ToMany) -> Function:
        """The list narrowed to the rows that refer to one row of another entity."""
        row = self.plan.row
        key = parent.resource.key
        narrowed = f"{row.value(many.inverse)} = %(below)s AND "
        within: tuple[str | Expression, ...] = (narrowed,)
        if self.plan.nested:
            within += (attribute(self.access, "WITHIN"), " AND ")
        words = self.plan.resource.plural_words
        keys = tuple(k for k in self.keys(own=False) if k.name != key)
        return self.function(
            list_below_name(parent, many),
            (DATABASE, ACTOR, *keys, parameter(key, UUID), PAGE),
            "str",
            f"A page of the {words} of {parent.resource.a_row}, as JSON.",
            self._fetch(
                Formatted((*within, attribute(self.access, "LISTED"))),
                self.parameters(own=False, below=key),
            ),
        )

    def _list_linked(self, origin: Plan, name: str) -> Function:
        """The list of rows that one row of another entity is linked with."""
        links = origin.entity.links[name]
        table = quote(link_table(origin.entity, links))
        own, other = (quote(column) for column in link_columns(origin.entity, links))
        key = origin.resource.key
        linked = (
            f"EXISTS (SELECT FROM {table} WHERE {table}.{own} = %(linked)s "
            f"AND {table}.{other} = {self.plan.row.id}) AND "
        )
        keys = tuple(k for k in self.keys(own=False) if k.name != key)
        return self.function(
            list_linked_name(origin, name),
            (DATABASE, ACTOR, *keys, parameter(key, UUID), PAGE),
            "str",
            f"A page of the {self.plan.resource.plural_words} that {origin.resource.a_row} is "
            "linked with, as JSON.",
            self._fetch(
                Formatted((linked, attribute(self.access, "READABLE"))),
                self.parameters(own=False, linked=key),
            ),
        )

    def _hidden_names(self) -> Function:
        body: list[Statement] = [assign("hidden", call("set"), subscript("set", "str"))]
        for name in hidden_names(self.plan):
            hide = Evaluate(call(attribute("hidden", "add"), const(name.name)))
            body.append(If(Prefixed("not ", _admits_actor(name.access or Access())), (hide,)))
        body.append(Return(Name("hidden")))
        words = self.plan.resource.plural_words
        return Function(
            "hidden_names",
            (ACTOR,),
            subscript("set", "str"),
            tuple(body),
            f"The names that lists of {words} keep from this actor.",
        )

    def _require_reachable(self) -> Function:
        above = self.plan.resource.steps[-1].resource
        kinds = union(imported(DB, "Database"), imported(DB, "Connection"))
        return self.function(
            "require_reachable",
            (parameter("where", kinds), ACTOR, *self.keys(own=False)),
            NONE,
            f"Raises a 404 problem unless the {above.words} of the path is there for the actor.",
            guarded("require_row", "where", "REACHABLE", self.parameters(own=False)),
        )

    def _require_readable(self) -> Function:
        words = self.plan.resource.words
        return self.function(
            "require_readable",
            (DATABASE, ACTOR, *self.keys(own=True)),
            NONE,
            f"Raises a 404 problem unless the actor may read the {words}.",
            guarded("require_row", "database", "READ", self.parameters(own=True)),
        )

    def _read(self) -> Function:
        row = guard("require_row", "database", "READ", self.parameters(own=True))
        return self.function(
            "read",
            (DATABASE, ACTOR, *self.keys(own=True)),
            DOCUMENT,
            f"The {self.plan.resource.words}. Raises a 404 problem unless the actor may read it.",
            Return(call(DOCUMENT, Prefixed("*", row))),
        )

    def reload(self) -> Function:
        """Reads a row that the transaction has written."""
        resource = self.plan.resource
        names = mapping((None, attribute("actor", "parameters")), (const("id"), resource.key))
        row = guard("written_row", "connection", "RELOAD", names)
        return self.function(
            "reload",
            (CONNECTION, ACTOR, parameter(resource.key, UUID)),
            DOCUMENT,
            f"The document of {resource.a_row} that this transaction has written.",
            Return(call(DOCUMENT, Prefixed("*", row))),
        )


def _admits_actor(access: Access) -> Expression:
    """The condition in Python that one of the clauses, which need no row, admits the actor."""
    roles = [const(c.actor.role) for c in access.clauses if isinstance(c.actor, HasRole)]
    if len(roles) == len(access.clauses):
        return call(attribute("actor", "has_role"), *roles)
    # What is left is everybody who is signed in; fields are never shown to the public alone.
    return Infix("is not", (attribute("actor", "id"), NONE))


def lists_below(below: Plan, many: ToMany) -> bool:
    """Whether a to-many relation has a list of its own below each row.

    Parts have their collection there, and so have rows of a tenant by the name of their own.
    """
    if not below.has_list or below.entity.part_of is not None:
        return False
    is_collection = many.name.replace("_", "-") == below.entity.segment
    return not (below.entity.to_one[many.inverse].implicit and is_collection)


def lists_of(plan: Plan) -> Iterator[tuple[Plan, ToMany]]:
    """The to-many relations of other entities whose list this entity gives."""
    for resource, many in plan.resources.listed.get(plan.entity.name, ()):
        if lists_below(plan, many):
            yield plan.plan_of(resource.name), many


def linked_from(plan: Plan) -> Iterator[tuple[Plan, str]]:
    """The many-to-many relations of entities that lead to this one."""
    for resource, links in plan.resources.linked.get(plan.entity.name, ()):
        yield plan.plan_of(resource.name), links


def list_below_name(parent: Plan, many: ToMany) -> str:
    """The function that lists the rows of a to-many relation."""
    return f"list_{many.name}_of_{parent.resource.singular}"


def list_linked_name(origin: Plan, links: str) -> str:
    """The function that lists the rows of a many-to-many relation."""
    return f"list_{links}_linked_from_{origin.resource.singular}"
