"""Which rules the rows of a scene violate, by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import AtMost, Check, Field, NoOverlap, ToOne, Unique
from local_engine.generator.emit.fastapi.samples.planned import Row
from local_engine.generator.emit.fastapi.samples.scenes import Scene, Unsure, end_passed


def violations(scene: Scene, new: Row | None = None) -> set[str]:
    """The ids of the rules that some row violates, one of which was just created. Raises Unsure."""
    return {
        rule
        for row in scene.rows
        for rule in (*_own(scene, row, creating=row is new), *_beside(scene, row))
    }


def violations_of(scene: Scene, row: Row) -> set[str]:
    """The ids of the rules that a new row violates, itself or by what it adds to others."""
    changed = (one for one in row.values.values() if isinstance(one, Row))
    found = {rule for one in changed for rule in _own(scene, one, creating=False)}
    return {*found, *_own(scene, row, creating=True), *_beside(scene, row)}


def empty_interval(rule: NoOverlap) -> str:
    """What stands for a violation of a rule against overlaps by a row's interval alone."""
    return f"{rule.id} of nothing"


def _own(scene: Scene, row: Row, *, creating: bool) -> Iterator[str]:
    """Those that look at the row, and at what hangs on it."""
    resource = row.resource
    for rule in resource.entity.rules:
        match rule:
            case Check():
                asked = rule.on_create if creating else rule.on_update
                if asked and not scene.known(rule.expression, row):
                    yield rule.id
            case NoOverlap(start=start, end=end):
                if not row.values[start] < row.values[end]:
                    yield empty_interval(rule)
    for field in resource.entity.fields.values():
        if field.derived is not None and field.never_below is None:
            continue
        value = scene.value(row, field.name)
        if (passed := end_passed(field, value)) is not None:
            yield f"{resource.singular}.{field.name}.{passed}"
        if field.never_below is not None and value is not None and value < field.never_below:
            yield f"{resource.singular}.{field.name}.never_below"


def _beside(scene: Scene, row: Row) -> Iterator[str]:
    """Those that look at other rows of the same kind."""
    resource = row.resource
    others = [one for one in scene.rows if one.resource is resource and one is not row]
    single: dict[str, Field | ToOne] = {**resource.entity.fields, **resource.entity.to_one}
    for name, one in single.items():
        if one.unique and _agree(scene, row, others, [name]):
            yield f"{resource.singular}.{name}.unique"
    for rule in resource.entity.rules:
        match rule:
            case Unique(names=names, where=where):
                counted = [one for one in others if _counts(scene, one, where)]
                if _counts(scene, row, where) and _agree(scene, row, counted, names):
                    yield rule.id
            case AtMost():
                if _too_many(scene, row, others, rule):
                    yield rule.id
            case NoOverlap():
                if _overlaps(scene, row, others, rule):
                    yield rule.id


def _counts(scene: Scene, row: Row, where: Expression | None) -> bool:
    try:
        return where is None or bool(scene.known(where, row))
    except Unsure:
        if scene.cautious:
            return True
        raise


def _agree(scene: Scene, row: Row, others: Sequence[Row], names: Sequence[str]) -> bool:
    values = [scene.value(row, name) for name in names]
    if None in values:
        return False
    return any([scene.value(one, name) for name in names] == values for one in others)


def _too_many(scene: Scene, row: Row, others: Sequence[Row], rule: AtMost) -> bool:
    if not _counts(scene, row, rule.where):
        return False
    here = [row.values.get(name) for name in rule.per]
    if None in here:
        return False
    beside = [one for one in others if [one.values.get(name) for name in rule.per] == here]
    number = 1 + sum(_counts(scene, one, rule.where) for one in beside)
    limit = rule.limit if isinstance(rule.limit, int) else scene.known(rule.limit, row)
    return bool(number > limit)


def _overlaps(scene: Scene, row: Row, others: Sequence[Row], rule: NoOverlap) -> bool:
    if not _counts(scene, row, rule.where):
        return False
    for one in others:
        same = all(row.values[name] is one.values[name] is not None for name in rule.per)
        if same and _counts(scene, one, rule.where):
            starts = one.values[rule.start], row.values[rule.start]
            if max(starts) < min(one.values[rule.end], row.values[rule.end]):
                return True
    return False
