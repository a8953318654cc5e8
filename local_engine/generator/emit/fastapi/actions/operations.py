"""Operations: one module each in `app/operations`, with its body, statements and handler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import (
    Application,
    CreateRow,
    Operation,
)
from local_engine.generator.emit.fastapi.actions.code import ActionCode
from local_engine.generator.emit.fastapi.actions.entrance import Entrance, conditions_of
from local_engine.generator.emit.fastapi.actions.extensions import PACKAGE as EXTENSIONS
from local_engine.generator.emit.fastapi.actions.extensions import operation_extension
from local_engine.generator.emit.fastapi.actions.inputs import Inputs
from local_engine.generator.emit.fastapi.actions.locks import own_row_lock
from local_engine.generator.emit.fastapi.actions.scene import Scene
from local_engine.generator.emit.fastapi.entities.functions import CONNECTION, guard, sql_expression
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.routing import (
    DOCUMENTS,
    Handler,
    Routes,
)
from local_engine.generator.emit.fastapi.entities.statements import Sql, block
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.sql.access import admits
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import in_f_string
from local_engine.generator.emit.python import (
    Assign,
    Dictionary,
    Evaluate,
    Expression,
    Function,
    Import,
    Module,
    Name,
    Return,
    Statement,
    Symbol,
    TextBlock,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
    listing,
    subscript,
)
from local_engine.generator.emit.relational.names import literal

PACKAGE = "app.operations"


@dataclass(frozen=True)
class OperationPart:
    """One operation."""

    resources: Resources
    operation: Operation

    @property
    def application(self) -> Application:
        """The application."""
        return self.resources.application

    @property
    def module_name(self) -> str:
        """The dotted name of its module."""
        return f"{PACKAGE}.{self.operation.name}"

    @property
    def router(self) -> Symbol:
        """Its router."""
        return Symbol(self.module_name, "router", self.operation.name)

    @cached_property
    def _on(self) -> Plan | None:
        """The entity whose row it is about."""
        if self.operation.on is None:
            return None
        return Plan(self.resources, self.resources[self.operation.on])

    @property
    def _entrance(self) -> Entrance:
        """The way in where it is about no single row."""
        tenanted = self.operation.tenanted and self._on is None
        return Entrance(self.resources, self.operation.access, tenanted)

    @cached_property
    def _place(self) -> dict[str, str]:
        """The path's parameters → variables; the row's own id is called `id`."""
        if self._on is not None:
            steps = {step.parameter: step.resource.key for step in self._on.resource.steps}
            return {**steps, "id": self._on.resource.key}
        return self._entrance.place

    @property
    def _texts(self) -> tuple[str, ...]:
        if self._on is None:
            return tuple(self._place)
        return (*list(self._place)[:-1], self._on.resource.id_parameter)

    @property
    def path(self) -> str:
        """Where it is."""
        segment = self.operation.segment
        if self._on is not None:
            return f"{self._on.resource.item}/{segment}"
        return f"{self._entrance.prefix}/operations/{segment}"

    @property
    def words(self) -> str:
        """Its name for people."""
        return self.operation.name.replace("_", " ")

    def code(self, module: Module) -> ActionCode:
        """What it does."""
        operation = self.operation
        scene = Scene(
            self.application, None if self._on is None else self._on.entity, operation.inputs
        )
        model = "".join(part.capitalize() for part in operation.name.split("_")) + "Input"
        home = self._input_module if operation.code else ""
        inputs = Inputs(self.resources, scene, operation.inputs, model, home)
        return ActionCode(
            module,
            operation.name,
            self.words,
            scene,
            inputs,
            self._place,
            operation.requirements,
            operation.effects,
        )

    def extension(self) -> Module | None:
        """Its extension point, if it has one."""
        if not self.operation.code:
            return None
        code = self.code(Module("", ""))
        given = code.inputs.type if code.has_input else None
        return operation_extension(
            self.operation.name, self.words, tuple(self._place.values()), given
        )

    def modules(self) -> Iterator[Module]:
        """Its modules: the model of an extension point's input is apart."""
        if self.operation.code and self.operation.inputs:
            module = Module(self._input_module, f"What the operation “{self.words}” is given.")
            self.code(module).add_inputs()
            yield module
        yield self.module()

    @property
    def _input_module(self) -> str:
        """Where the model of an extension point's input is: that imports nothing of ours."""
        return f"{self.module_name}_input"

    def module(self) -> Module:
        """The module."""
        description = self.operation.description.strip() or f"{self.words.capitalize()}."
        module = Module(self.module_name, f"The operation “{self.words}”.\n\n{description}")
        module.assign(
            "router", call(imported("fastapi", "APIRouter"), tags=listing(const("operations")))
        )
        code = self.code(module)
        if self._on is None:
            self._entrance.add_guard(module)
        else:
            strength = own_row_lock(code.scene, self.operation.requirements)
            module.assign("LOCK", sql_expression(self._lock(self._on, strength)))
        if not self.operation.code:
            code.add_inputs()
        functions = [code.preparation()]
        if not self.operation.code:
            functions.append(code.carrying_out(returns=self._returned_key))
        if self._location is not None:
            module.assign("LOCATION", self._location)
        for function in functions:
            module.define(function)
        module.define(self.handler().function())
        return module

    @property
    def _returned(self) -> Plan | None:
        if self.operation.returns_entity is None:
            return None
        return Plan(self.resources, self.resources[self.operation.returns_entity])

    @property
    def _returned_key(self) -> str:
        """The key in `names` of the row that it answers with."""
        name = self.operation.returns
        if name is None:
            return ""
        if name == "row":
            return "id"
        made = any(
            isinstance(effect, CreateRow) and effect.binding == name
            for effect in self.operation.effects
        )
        return f"row.{name}" if made else f"input.{name}"

    @property
    def _location(self) -> TextBlock | None:
        """The address of a row that it made, put together from the row's own columns."""
        plan = self._returned
        if plan is None or not self.operation.returns_created or "read" not in plan.actions:
            return None
        row = plan.row
        pieces = []
        for segment in plan.resource.item.split("/")[1:]:
            if not segment.startswith("{"):
                pieces.append(literal(f"/{segment}"))
                continue
            pieces += [literal("/"), _step_value(plan, row, segment[1:-1])]
        sql = f"SELECT {' || '.join(pieces)}\n{row.source}\nWHERE {row.id} = %(id)s"
        return TextBlock(block(sql))

    def _lock(self, plan: Plan, strength: str) -> Sql:
        """Locks the row of the path, and tells whether the actor may do it."""
        table, symbol = plan.resource.table, conditions_of(plan)
        allowed = in_f_string(admits(self.operation.access, plan.row))
        within = f"{{{symbol.bare}.WITHIN}} AND " if plan.nested else ""
        return Sql(
            block(
                f"SELECT {table}.version, {allowed} AS allowed",
                f"{{{symbol.bare}.SOURCE}}",
                f"WHERE {within}{table}.id = %(id)s AND {{{symbol.bare}.READABLE}}",
                f"{strength} OF {table}",
            ),
            {symbol.bare: symbol},
        )

    def handler(self) -> Handler:
        """The route."""
        operation, code = self.operation, self.code(Module("", ""))
        model: Expression = (
            code.inputs.type if code.has_input else imported("app.core.body", "NoInput")
        )
        routes = Routes(self._on) if self._on is not None else None
        returned = self._returned
        status = 204 if returned is None else 201 if operation.returns_created else None
        told = operation.description.strip() or f"{self.words.capitalize()}."
        missing = (404,) if self._place else ()
        conditional = routes.conditional if routes is not None else ()
        return Handler(
            "post",
            self.path,
            operation.name,
            f"{self.words.capitalize()}",
            f"{told} {self._entrance.who}",
            self._texts,
            tuple(self._body(code, model, routes)),
            (400, 401, 403, *missing, 409, *conditional, 413, 415, 422),
            self._details(code, model, routes),
            None if returned is None else returned.schemas.model(),
            status,
        )

    def _body(
        self, code: ActionCode, model: Expression, routes: Routes | None
    ) -> Iterator[Statement]:
        """The body of the handler."""
        optional: dict[str, Expression] = {} if code.has_input else {"optional": const(True)}
        received = call(imported("app.core.body", "receive_body"), "request", model, **optional)
        yield from self._opening()
        yield assign("body", await_(received))
        response = imported("starlette.responses", "Response")
        work = tuple(self._work(code, routes))
        yield Function("work", (CONNECTION,), response, work, is_async=True)
        once = imported("app.core.idempotency", "run_once")
        required = {"required": const(True)} if self.operation.idempotent else {}
        yield Return(await_(call(once, "request", "actor", "body", "work", **required)))

    def _details(
        self, code: ActionCode, model: Expression, routes: Routes | None
    ) -> dict[str, Expression]:
        """What OpenAPI is told besides."""
        details: dict[str, Expression] = {"body": model, "idempotent": const(True)}
        if not code.has_input:
            details["body_required"] = const(False)
        if self._returned is not None:
            details["etag"] = const(True)
            if self.operation.returns_created:
                details["status"] = const(201)
            if self._location is not None:
                details["location"] = const(True)
        details |= self._entrance.signing_in
        if routes is not None:
            details |= routes.if_match
        return details

    def _opening(self) -> Iterator[Statement]:
        if self._on is None:
            yield from self._entrance.opening()
        else:
            yield from Routes(self._on).opening(self.operation.access, own=True)

    def _work(self, code: ActionCode, routes: Routes | None) -> Iterator[Statement]:
        place = tuple(self._place.values())
        if routes is not None:
            names = self._entrance_names()
            yield assign("locked", guard("lock_row", "connection", "LOCK", names))
            yield Evaluate(call(attribute("body", "require_readable")))
            yield routes.check_version(call("int", subscript("locked", const(0))))
        else:
            yield from self._entrance.admission("connection")
        value = call(attribute("body", "value"))
        given: tuple[str, ...] = ()
        if code.has_input:
            yield assign("given", value)
            given = ("given",)
        else:
            yield Evaluate(value)
        prepare = call(f"prepare_{code.name}", "connection", "actor", *place, *given)
        if self.operation.code and self._returned is None:  # its code is given ids, not names
            yield Evaluate(await_(prepare))
        else:
            yield assign("names", await_(prepare))
        yield Evaluate(call(imported("app.core.errors", "violations_are_conflicts"), "request"))
        if self.operation.code:
            point = Symbol(f"{EXTENSIONS}.{code.name}", code.name, "extension")
            yield Evaluate(await_(call(Import(point), "connection", "actor", *place, *given)))
            yield from self._answer(None, subscript("names", const(self._returned_key)))
        else:
            carried = await_(call(f"carry_out_{code.name}", *code.carry_out_arguments()))
            yield from self._answer(carried, carried)

    def _entrance_names(self) -> Dictionary:
        entries: list[tuple[Expression | None, Expression]] = [
            (None, attribute("actor", "parameters"))
        ]
        entries += [(const(key), Name(variable)) for key, variable in self._place.items()]
        return Dictionary(tuple(entries))

    def _answer(self, last: Expression | None, key: Expression) -> Iterator[Statement]:
        """The end: `last` is still to be done where nothing is answered, `key` is the row's id."""
        plan = self._returned
        if plan is None:
            if last is not None:
                yield Evaluate(last)
            yield Return(call(imported(DOCUMENTS, "no_content")))
            return
        yield assign("key", key)
        repository = Routes(plan, PACKAGE).repository("reload")
        yield assign("document", await_(call(repository, "connection", "actor", "key")))
        if self._location is not None:
            names = Dictionary(((const("id"), Name("key")),))
            yield assign("location", guard("written_row", "connection", "LOCATION", names))
            address = subscript("location", const(0))
            yield Return(call(imported(DOCUMENTS, "created_response"), "document", address))
        elif self.operation.returns_created:
            yield assign(
                "response",
                call(imported(DOCUMENTS, "document_response"), "request", "document"),
            )
            yield Assign("response.status_code", const(201))
            yield Return(Name("response"))
        else:
            yield Return(call(imported(DOCUMENTS, "document_response"), "request", "document"))


def _step_value(plan: Plan, row: Row, parameter: str) -> str:
    """The id of a row on the path to a row: its own, its parents' or its tenant's."""
    if parameter == plan.resource.id_parameter:
        return f"{row.id}::text"
    steps: tuple[str, ...] = ()
    resource = plan.resource
    if resource.tenant is not None and parameter == resource.tenant.parameter:
        assert plan.application.tenancy is not None
        return f"{row.path((plan.application.tenancy.relation,))}::text"
    while resource.parent is not None:
        assert resource.entity.part_of is not None
        steps = (*steps, resource.entity.part_of)
        if resource.parent.parameter == parameter:
            return f"{row.path(steps)}::text"
        resource = resource.parent.resource
    raise KeyError(parameter)


def operation_parts(resources: Resources) -> Iterator[OperationPart]:
    """All operations that somebody may do and whose effects are written down."""
    for operation in resources.application.operations.values():
        if not operation.access.nobody:
            yield OperationPart(resources, operation)


def package_module() -> Module:
    """`app/operations/__init__.py`."""
    return Module(PACKAGE, "Operations: what is more than writing one row.", is_package=True)
