"""Jobs: one module each in `app/jobs`, run by the worker at their times."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Job
from local_engine.generator.emit.fastapi.actions.effects import EffectWriter
from local_engine.generator.emit.fastapi.actions.extensions import job_extension
from local_engine.generator.emit.fastapi.actions.locks import Locks
from local_engine.generator.emit.fastapi.actions.scene import Scene
from local_engine.generator.emit.fastapi.entities.functions import CONNECTION, UUID
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.statements import block
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.sql.expressions import condition_sql
from local_engine.generator.emit.python import (
    NONE,
    Constant,
    Dictionary,
    Evaluate,
    Expression,
    Function,
    If,
    Import,
    Infix,
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
    mapping,
    parameter,
    subscript,
)

PACKAGE = "app.jobs"
_NAMES = subscript("dict", "str", imported("typing", "Any"))


@dataclass(frozen=True)
class JobPart:
    """One job."""

    resources: Resources
    job: Job

    @property
    def module_name(self) -> str:
        """The dotted name of its module."""
        return f"{PACKAGE}.{self.job.name}"

    @property
    def tasks(self) -> Symbol:
        """Its tasks, for the queue."""
        return Symbol(self.module_name, "tasks", self.job.name)

    @property
    def words(self) -> str:
        """Its name for people."""
        return self.job.name.replace("_", " ")

    @property
    def _told(self) -> str:
        if self.job.entity is None:
            return "What it does is in `app/extensions`."
        words = self._plan(self.job.entity).resource.plural_words
        where = f" where {self.job.where.text}" if self.job.where is not None else ""
        return f"For all {words}{where}, each in a transaction of its own."

    def _plan(self, entity: str) -> Plan:
        return Plan(self.resources, self.resources[entity])

    def module(self) -> Module:
        """Its module."""
        module = Module(self.module_name, f"The job “{self.words}”.\n\n{self._told}")
        module.assign("tasks", call(imported("procrastinate", "Blueprint")))
        if self.job.entity is None:
            work: Statement = Evaluate(await_(call(attribute("database", "run"), self._extension)))
        else:
            plan = self._plan(self.job.entity)
            due, one = self._statements(plan)
            module.assign("DUE", TextBlock(due))
            module.assign("STILL_DUE", TextBlock(one))
            self._define_row(module, plan)
            run = imported("app.rows.batches", "run_for_each")
            work = Evaluate(await_(call(run, "database", "DUE", "handle")))
        module.define(self._task(work))
        return module

    def extension(self) -> Module | None:
        """Its extension point, if it has one."""
        if not self.job.code:
            return None
        row = None if self.job.entity is None else self._plan(self.job.entity).resource
        return job_extension(self.job, row)

    @property
    def _extension(self) -> Import:
        return Import(Symbol(f"app.extensions.{self.job.name}_job", self.job.name, "extension"))

    def _statements(self, plan: Plan) -> tuple[str, str]:
        """Finds the rows that are due; looks again at one of them, and locks it."""
        table, row = plan.resource.table, plan.row
        conditions = []
        if self.job.where is not None:
            conditions.append(condition_sql(self.job.where, row))
        due = [f"SELECT {row.id}", row.source]
        if conditions:
            due.append(f"WHERE {conditions[0]}")
        due.append(f"ORDER BY {row.id}")
        where = "\n  AND ".join([f"{row.id} = %(id)s", *conditions])
        one = ["SELECT 1", row.source, f"WHERE {where}", f"FOR NO KEY UPDATE OF {table}"]
        return block(*due), block(*one)

    def _define_row(self, module: Module, plan: Plan) -> None:
        prefix = self.job.name.upper()
        scene = Scene(self.resources.application, plan.entity, by_job=True)
        body: list[Statement] = [
            assign("names", self._names(), _NAMES),
            assign(
                "due",
                await_(
                    call(imported("app.core.db", "fetch_one"), "connection", "STILL_DUE", "names")
                ),
            ),
            If(Infix("is", (Name("due"), NONE)), (Return(),)),
        ]
        if self.job.code:
            body.append(Evaluate(await_(call(self._extension, "connection", "key"))))
        else:
            locks = Locks(scene)
            locks.collect((), self.job.effects)
            body += locks.run(module, prefix)
            body += EffectWriter(scene, module, prefix).statements(self.job.effects)
        module.define(
            Function(
                "handle",
                (CONNECTION, parameter("key", UUID)),
                NONE,
                tuple(body),
                f"{self.words.capitalize()}: one {plan.resource.words}, if it still is due.",
                is_async=True,
            )
        )

    def _names(self) -> Dictionary:
        """Nobody is signed in."""
        return mapping(
            (const("actor"), Constant(None)), (const("roles"), listing()), (const("id"), "key")
        )

    def _task(self, work: Statement) -> Function:
        context = imported("procrastinate", "JobContext")
        decorators: tuple[Expression, ...] = (
            call(attribute("tasks", "periodic"), cron=const(self.job.cron)),
            call(attribute("tasks", "task"), name=const(self.job.name), pass_context=const(True)),
        )
        return Function(
            "run",
            (parameter("context", context), parameter("timestamp", "int")),
            NONE,
            (assign("database", _services()), work),
            f"{self.words.capitalize()}, at the time that `timestamp` is.",
            decorators,
            is_async=True,
        )


def _services() -> Expression:
    """The database of the worker."""
    services = call(imported("app.core.queue", "services_of"), "context")
    return attribute(services, "database")


def job_parts(resources: Resources) -> list[JobPart]:
    """All jobs."""
    return [JobPart(resources, job) for job in resources.application.jobs.values()]


def package_module() -> Module:
    """`app/jobs/__init__.py`."""
    return Module(PACKAGE, "Jobs: what happens at its time, without a request.", is_package=True)
