"""Resolves the rules of an entity, those written at fields included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.types import IntegerType
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.shapes import Names


def resolve_rules(context: Context, outline: Outline) -> tuple[resolved.Rule, ...]:
    """All rules: the checks of fields first, then as they are written."""
    return tuple(_Rules(context, outline).resolve())


class _Rules:
    def __init__(self, context: Context, outline: Outline) -> None:
        self._context = context
        self._outline = outline
        self._scope = Names(context.shapes[outline.name])
        self._counts: Counter[str] = Counter()
        self._ids: set[str] = set()
        self._said: set[str] = set()

    def resolve(self) -> Iterator[resolved.Rule]:
        """The rules; what has a problem is left out."""
        for name, field in self._outline.fields.items():
            if field.check is not None:
                check = self._field_check(name, field.check)
                if check is not None:
                    yield check
        for index, source in enumerate(self._outline.source.rules):
            path: Path = ("entities", self._outline.name, "rules", index)
            written = source.model_copy(update={"id": None, "message": None}).model_dump_json()
            if written in self._said:
                message = "This rule is said already: leave it out."
                self._context.error(path, "dead-rule", message, at_key=True)
            self._said.add(written)
            rule = self._rule(source, path)
            if rule is not None:
                yield rule

    def _field_check(self, name: str, text: str) -> resolved.Check | None:
        path: Path = ("entities", self._outline.name, "fields", name, "check")
        expression = self._context.condition(text, self._scope, path)
        if expression is None:
            return None
        if (name,) not in {read[:1] for read in expression.paths()}:
            self._context.error(path, "constant", f"The check does not look at `{name}`.")
        return resolved.Check(
            id=f"{self._outline.snake}.{name}.check",
            expression=expression,
            on_create=True,
            on_update=True,
            message=f"{name} must meet: {expression.text}",
            status=self._status(expression),
            field=name,
        )

    def _rule(self, source: model.Rule, path: Path) -> resolved.Rule | None:
        match source:
            case model.CheckRule():
                return self._check(source, path)
            case model.UniqueRule():
                return self._unique(source, path)
            case model.AtMostRule():
                return self._at_most(source, path)
            case model.NoOverlapRule():
                return self._no_overlap(source, path)
            case model.EditableWhileRule():
                return self._editable_while(source, path)

    def _id(self, kind: str, said: str | None, path: Path) -> str:
        if said is not None:
            check_name(self._context, said, (*path, "id"), "rule's id", words=False)
            name = said
        else:
            self._counts[kind] += 1
            count = self._counts[kind]
            name = kind if count == 1 else f"{kind}_{count}"
        if name in self._ids:
            message = f"Another rule of {self._outline.name} has the id `{name}` already."
            self._context.error(path, "name-clash", message, at_key=True)
        self._ids.add(name)
        return f"{self._outline.snake}.{name}"

    def _status(self, expression: Expression) -> int:
        """422 if plain fields of the row itself decide it, else 409."""
        for read in expression.paths():
            if len(read) > 1 or read[0] == self._outline.state_field:
                return 409
            field = self._outline.fields.get(read[0])
            if field is not None and field.derived is not None:
                return 409
        return 409 if expression.reads_many else 422

    def _check(self, source: model.CheckRule, path: Path) -> resolved.Rule | None:
        rule_id = self._id("check", source.id, path)
        expression = self._context.condition(source.check, self._scope, (*path, "check"))
        if expression is None:
            return None
        return resolved.Check(
            id=rule_id,
            expression=expression,
            on_create=source.on in (None, "create"),
            on_update=source.on in (None, "update"),
            message=source.message or f"This must hold: {expression.text}",
            status=self._status(expression),
        )

    def _unique(self, source: model.UniqueRule, path: Path) -> resolved.Rule | None:
        rule_id = self._id("unique", source.id, path)
        names = self._columns(source.unique, (*path, "unique"), relations_only=False)
        where = self._stored_where(source.where, (*path, "where"))
        together = " and ".join(names)
        message = source.message or f"There is one with the same {together} already"
        return resolved.Unique(rule_id, names, where, message)

    def _at_most(self, source: model.AtMostRule, path: Path) -> resolved.Rule | None:
        rule_id = self._id("at_most", source.id, path)
        per = self._columns(source.per, (*path, "per"), relations_only=True)
        where = self._context.condition(source.where, self._scope, (*path, "where"))
        limit = self._limit(source, per, (*path, "at_most"))
        if limit is None:
            return None
        if isinstance(limit, int) and limit < 1:
            message = "`at_most` is 1 or more: to allow none, let nobody create any."
            self._context.error((*path, "at_most"), "bad-limit", message)
        shown = limit if isinstance(limit, int) else limit.text
        for_each = f" for each {' and '.join(per)}" if per else ""
        message = source.message or f"There may be at most {shown}{for_each}"
        return resolved.AtMost(rule_id, limit, per, where, message)

    def _limit(
        self, source: model.AtMostRule, per: tuple[str, ...], path: Path
    ) -> int | Expression | None:
        text = str(source.at_most)
        if text.removeprefix("-").isdigit():
            return int(text)
        expression = self._context.expression(text, self._scope, path, expect=IntegerType())
        if expression is None:
            return None
        wrong = len(source.per) != 1 or expression.uses_now or expression.reads_many
        wrong = wrong or any(
            read[0] != source.per[0] or len(read) != 2 for read in expression.paths()
        )
        if wrong or not expression.paths():
            example = f"{source.per[0]}.seats" if source.per else "course.seats"
            message = (
                "A greatest number that is not fixed is a field of the row that the single `per`"
                f" leads to, such as `{example}`."
            )
            self._context.error(path, "bad-limit", message)
            return None
        return expression

    def _no_overlap(self, source: model.NoOverlapRule, path: Path) -> resolved.Rule | None:
        rule_id = self._id("no_overlap", source.id, path)
        per = self._columns(source.per, (*path, "per"), relations_only=True)
        if source.unless is not None and source.where is not None:
            message = "Say `unless` or `where`, not both."
            self._context.error((*path, "unless"), "contradiction", message, at_key=True)
        where = self._stored_where(source.where, (*path, "where"))
        if source.unless is not None:
            where = self._stored_where(source.unless, (*path, "unless"), negated=True)
        start_end = self._interval(source, path)
        if start_end is None:
            return None
        for_same = f" for the same {' and '.join(per)}" if per else ""
        message = source.message or f"This overlaps with another one{for_same}"
        return resolved.NoOverlap(rule_id, *start_end, per, where, message)

    def _interval(self, source: model.NoOverlapRule, path: Path) -> tuple[str, str] | None:
        path = (*path, "no_overlap")
        if len(source.no_overlap) != 2 or source.no_overlap[0] == source.no_overlap[1]:
            message = "An interval has two fields: `no_overlap: [starts_at, ends_at]`."
            self._context.error(path, "bad-interval", message)
            return None
        start, end = source.no_overlap
        kinds = []
        for index, name in enumerate((start, end)):
            field = self._outline.fields.get(name)
            if field is None:
                self._unknown(name, list(self._outline.fields), (*path, index))
                continue
            kinds.append(field.type)
            if field.type not in ("date", "datetime") or field.optional or field.derived:
                message = f"`{name}` must be a required date or datetime."
                self._context.error((*path, index), "bad-interval", message)
        if len(kinds) < 2:
            return None
        if kinds[0] != kinds[1]:
            message = f"`{start}` and `{end}` must be of the same type."
            self._context.error(path, "bad-interval", message)
        return start, end

    def _editable_while(self, source: model.EditableWhileRule, path: Path) -> resolved.Rule | None:
        rule_id = self._id("editable_while", source.id, path)
        path = (*path, "editable_while")
        expression = self._context.condition(source.editable_while, self._scope, path)
        if expression is None:
            return None
        message = source.message or f"It can be changed only while {expression.text}"
        return resolved.EditableWhile(rule_id, expression, message)

    def _columns(self, names: list[str], path: Path, *, relations_only: bool) -> tuple[str, ...]:
        """Names that are kept in the entity's own table."""
        outline = self._outline
        known = list(outline.to_one) if relations_only else outline.columns
        for index, name in enumerate(names):
            at = (*path, index)
            if name not in known:
                self._unknown(name, known, at)
            elif name in names[:index]:
                self._context.error(at, "name-clash", f"`{name}` is named twice.")
            elif name in outline.fields and not _comparable(outline.fields[name]):
                message = f"`{name}` cannot be compared for equality."
                self._context.error(at, "option-does-not-fit", message)
        if not names and not relations_only:
            self._context.error(path, "missing-key", "Name one field or relation at least.")
        return tuple(name for name in names if name in known)

    def _unknown(self, name: str, known: list[str], path: Path) -> None:
        if name in self._outline.broken:
            return
        message = f"{self._outline.name} has no field or relation `{name}` that could stand here."
        if name in self._outline.to_many or name in self._outline.links:
            message = f"`{name}` is many rows and cannot stand here."
        self._context.error(path, "unknown-field", message, closest(name, known))

    def _stored_where(
        self, text: str | None, path: Path, *, negated: bool = False
    ) -> Expression | None:
        """A condition that the database can keep in a constraint: own columns, no clock."""
        if text is None:
            return None
        before = "not (" if negated else ""
        written = f"{before}{text})" if negated else text
        expression = self._context.condition(written, self._scope, path, offset=-len(before))
        if expression is None:
            return None
        far = [read for read in expression.paths() if len(read) > 1]
        if far or expression.uses_now or expression.reads_many:
            what = f"`{'.'.join(sorted(far)[0])}`" if far else "the clock or other rows"
            message = f"This condition is kept with the row; it cannot look at {what}."
            self._context.error(path, "bad-condition", message)
            return None
        return expression


def _comparable(field: model.Field) -> bool:
    return field.type not in ("text", "json", "list", "file")
