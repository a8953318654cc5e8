"""Resolves jobs and their schedules."""

from __future__ import annotations

import re

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.effects import EffectResolver
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.scenes import acted

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_AT = re.compile(rf"(day|{'|'.join(_DAYS)}) at ([01]\d|2[0-3]):([0-5]\d)")
_MINUTES = re.compile(r"(\d{1,2}) minutes")
_HOURS = re.compile(r"(\d{1,2}) hours")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_STEP = re.compile(r"(\*|\d{1,2}(?:-\d{1,2})?)(?:/(\d{1,2}))?")


def resolve_job(
    context: Context, name: str, source: model.Job, effects: EffectResolver
) -> resolved.Job | None:
    """One job; None where its schedule or entity is not known."""
    path: Path = ("jobs", name)
    check_name(context, name, path, "name")
    cron = _schedule(context, source, path)
    outline = context.entity(source.of, (*path, "of")) if source.of is not None else None
    _check_body(context, source, outline, path)
    where = None
    resolved_effects: tuple[resolved.Effect, ...] = ()
    if outline is not None:
        scene = acted(context, outline, None, None)
        where = context.condition(source.where, scene.names, (*path, "where"))
        scene.names = scene.names.given(where)
        resolved_effects = effects.resolve(source.effects, scene, (*path, "effects"))
    if cron is None:
        return None
    return resolved.Job(
        name=name,
        cron=cron,
        entity=outline.name if outline is not None else None,
        where=where,
        effects=resolved_effects,
        code=source.code is not None,
    )


def _check_body(context: Context, source: model.Job, outline: Outline | None, path: Path) -> None:
    if source.code is not None and source.effects:
        message = "An extension point has no effects: say `code` or `effects`."
        context.error((*path, "code"), "contradiction", message, at_key=True)
    elif source.code is None and not source.effects:
        message = "The job does nothing: say its `effects`, or `code: python`."
        context.error(path, "missing-key", message, at_key=True)
    elif source.code is None and source.of is None:
        message = "Say which rows the job is about: `of: Entity`."
        context.error(path, "missing-key", message, at_key=True)
    if source.of is None and source.where is not None:
        message = "`where` needs rows to look at: say `of`."
        context.error((*path, "where"), "contradiction", message, at_key=True)
    if outline is not None and outline.name == USER and source.effects:
        context.error((*path, "of"), "user-entity", "Jobs with effects are not about users.")


def _schedule(context: Context, source: model.Job, path: Path) -> str | None:
    if (source.every is None) == (source.cron is None):
        message = "Say when: either `every` or `cron`."
        context.error(path, "bad-schedule", message, at_key=True)
        return None
    if source.every is not None:
        cron = _every(source.every.strip())
        if cron is None:
            message = (
                "Write `every` as hour, day at 03:00, monday at 08:30, 15 minutes or 6 hours"
                " (minutes that divide 60, hours that divide 24)."
            )
            context.error((*path, "every"), "bad-schedule", message)
        return cron
    assert source.cron is not None
    if not is_cron(source.cron):
        message = "A cron line has five fields: minute, hour, day of month, month, weekday."
        context.error((*path, "cron"), "bad-schedule", message)
        return None
    return " ".join(source.cron.split())


def _every(text: str) -> str | None:
    if text in ("hour", "day", "minute"):
        return {"hour": "0 * * * *", "day": "0 0 * * *", "minute": "* * * * *"}[text]
    found = _AT.fullmatch(text)
    if found:
        weekday = "*" if found[1] == "day" else str(_DAYS.index(found[1]))
        return f"{int(found[3])} {int(found[2])} * * {weekday}"
    found = _MINUTES.fullmatch(text)
    if found and int(found[1]) and 60 % int(found[1]) == 0:
        return f"*/{int(found[1])} * * * *" if int(found[1]) < 60 else "0 * * * *"
    found = _HOURS.fullmatch(text)
    if found and int(found[1]) and 24 % int(found[1]) == 0:
        return f"0 */{int(found[1])} * * *" if int(found[1]) < 24 else "0 0 * * *"
    return None


def is_cron(text: str) -> bool:
    """Whether a text is a cron line of five numeric fields."""
    fields = text.split()
    return len(fields) == len(_RANGES) and all(
        _is_cron_field(field, low, high) for field, (low, high) in zip(fields, _RANGES, strict=True)
    )


def _is_cron_field(field: str, low: int, high: int) -> bool:
    for part in field.split(","):
        found = _STEP.fullmatch(part)
        if found is None or found[2] == "0" or (found[2] and int(found[2]) > high):
            return False
        numbers = [int(number) for number in found[1].split("-")] if found[1] != "*" else []
        if any(not low <= number <= high for number in numbers) or numbers != sorted(numbers):
            return False
    return True
