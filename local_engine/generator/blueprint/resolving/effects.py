"""Resolves effects: paths are followed, values checked against the fields that take them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions.types import (
    ManyType,
    RecordType,
    RowType,
    TextType,
    Type,
    UnknownType,
    is_number,
)
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.context import Context, Mention
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.placeholders import check_placeholders
from local_engine.generator.blueprint.resolving.scene import Scene, Used
from local_engine.generator.blueprint.resolving.shapes import Names
from local_engine.generator.blueprint.resolving.targets import Targets

_AS = re.compile(r"(?P<what>[A-Za-z][A-Za-z0-9_.]*)(?:\s+as\s+(?P<name>\S+))?")


class EffectResolver:
    """Resolves lists of effects; one for all of a Blueprint."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._targets = Targets(context)
        self.used = Used()

    def resolve(
        self, sources: list[model.Effect], scene: Scene, path: Path
    ) -> tuple[resolved.Effect, ...]:
        """The effects in order; each binding is known to those after it."""
        return tuple(self._all(sources, scene, path))

    def _all(
        self, sources: list[model.Effect], scene: Scene, path: Path
    ) -> Iterator[resolved.Effect]:
        for index, source in enumerate(sources):
            effect = self._one(source, scene, (*path, index))
            if effect is not None:
                yield effect

    def _one(self, source: model.Effect, scene: Scene, path: Path) -> resolved.Effect | None:
        match source:
            case model.CreateEffect():
                return self._create(source, scene, path)
            case model.SetEffect():
                return self._set(source, scene, path)
            case model.IncreaseEffect():
                return self._adjust(source.increase, source, scene, (*path, "increase"))
            case model.DecreaseEffect():
                return self._adjust(source.decrease, source, scene, (*path, "decrease"))
            case model.DeleteEffect():
                return self._delete(source, scene, (*path, "delete"))
            case model.EachEffect():
                return self._each(source, scene, path)
            case model.EmailEffect():
                return self._email(source, scene, path)
            case model.WebhookEffect():
                return self._webhook(source, scene, path)

    def _bind(self, text: str, scene: Scene, path: Path) -> tuple[str, str | None] | None:
        """`Entry as e` in its two parts."""
        found = _AS.fullmatch(text.strip())
        if found is None:
            message = f"`{text}` is not possible here: write it like `lines as line`."
            self._context.error(path, "bad-path", message)
            return None
        name = found["name"]
        if name is not None:
            check_name(self._context, name, path, "name")
            if scene.names.resolve(name) is not None or name in reserved.SCOPE_NAMES:
                message = f"`{name}` means something here already: choose another name."
                self._context.error(path, "name-clash", message)
        return found["what"], name

    def _create(
        self, source: model.CreateEffect, scene: Scene, path: Path
    ) -> resolved.Effect | None:
        bound = self._bind(source.create, scene, (*path, "create"))
        if bound is None:
            return None
        outline = self._context.entity(bound[0], (*path, "create"))
        if outline is None:
            return None
        if outline.name == resolved.USER:
            message = "Accounts are made by signing up, not by effects."
            self._context.error((*path, "create"), "user-entity", message)
            return None
        self.used.created.add(outline.name)
        values = self._assignments(outline, source.with_, scene, (*path, "with"))
        self._check_complete(outline, source, scene, path)
        if bound[1] is not None:
            scene.created[bound[1]] = outline
            scene.names = scene.names.with_row(bound[1], self._context.shapes[outline.name])
        return resolved.CreateRow(outline.name, bound[1], values)

    def _assignments(
        self, outline: Outline, values: dict[str, model.ExpressionText], scene: Scene, path: Path
    ) -> tuple[resolved.Assignment, ...]:
        found = []
        for name, text in values.items():
            target = self._targets.settable(outline, name, (*path, name), creating=True)
            value = self._targets.value(target, text, scene, (*path, name)) if target else None
            if value is not None:
                found.append(resolved.Assignment(name, value))
        return tuple(found)

    def _check_complete(
        self, outline: Outline, source: model.CreateEffect, scene: Scene, path: Path
    ) -> None:
        """Every field and relation that must have a value is given one."""
        missing = []
        for name in outline.fields:
            found = self._context.resolve_field(outline.name, name)
            if found is not None and found.required_on_create and name not in source.with_:
                missing.append(name)
        for name, reference in outline.to_one.items():
            given = name in source.with_ or reference.optional or reference.source is None
            by_user = name == outline.source.owner and scene.user
            if not given and not by_user:
                missing.append(name)
        if missing:
            listed = ", ".join(f"`{name}`" for name in missing)
            message = f"A new {outline.name} needs {listed} too: add to `with`."
            self._context.error((*path, "create"), "missing-value", message)

    def _set(self, source: model.SetEffect, scene: Scene, path: Path) -> resolved.Effect | None:
        steps = source.set.split(".")
        row = self._targets.row(steps[:-1], scene, (*path, "set"))
        if row is None:
            return None
        target_path, outline = row
        target = self._targets.settable(outline, steps[-1], (*path, "set"), creating=False)
        if target is None:
            return None
        self._targets.check_changeable(outline, (*path, "set"))
        value = self._targets.value(target, source.to, scene, (*path, "to"))
        if value is None:
            return None
        assignment = resolved.Assignment(steps[-1], value)
        return resolved.SetField(target_path, outline.name, assignment)

    def _adjust(
        self,
        written: str,
        source: model.IncreaseEffect | model.DecreaseEffect,
        scene: Scene,
        path: Path,
    ) -> resolved.Effect | None:
        steps = written.split(".")
        row = self._targets.row(steps[:-1], scene, path)
        if row is None:
            return None
        target_path, outline = row
        name = steps[-1]
        target = self._targets.settable(outline, name, path, creating=False)
        if target is None:
            return None
        if not is_number(target.type) or name not in outline.fields:
            self._context.error(path, "type-mismatch", f"`{name}` is not a number.")
            return None
        if target.optional:
            message = f"`{name}` may be missing; nothing can be added to it."
            self._context.error(path, "type-mismatch", message)
            return None
        self._targets.check_changeable(outline, path)
        amount = self._targets.value(
            replace(target, optional=False), source.by, scene, (*path[:-1], "by")
        )
        if source.else_ is not None:
            check_placeholders(self._context, source.else_, scene.names, (*path[:-1], "else"))
        if amount is None:
            return None
        return resolved.Adjust(
            target=target_path,
            entity=outline.name,
            field=name,
            amount=amount,
            decrease=isinstance(source, model.DecreaseEffect),
            message=source.else_ or f"{name} would leave its limits",
        )

    def _delete(
        self, source: model.DeleteEffect, scene: Scene, path: Path
    ) -> resolved.Effect | None:
        row = self._targets.row(source.delete.split("."), scene, path)
        if row is None:
            return None
        target_path, outline = row
        self._targets.check_changeable(outline, path)
        return resolved.DeleteRow(target_path, outline.name)

    def _each(self, source: model.EachEffect, scene: Scene, path: Path) -> resolved.Effect | None:
        bound = self._bind(source.each, scene, (*path, "each"))
        if bound is None:
            return None
        text, binding = bound
        if binding is None:
            message = f"Give each row a name: `{text} as one`."
            self._context.error((*path, "each"), "bad-path", message)
            return None
        if not source.do:
            message = "Say what is done with each row: an effect, or `do: [effects]`."
            self._context.error(path, "missing-key", message, at_key=True)
        many = self._many(text, scene, (*path, "each"))
        if many is None:
            return None
        inner, entity = self._loop(scene, binding, many)
        if source.where is not None:
            where = self._context.condition(source.where, inner.names, (*path, "where"))
            inner.names = inner.names.given(where)
        else:
            where = None
        effects = self.resolve(source.do, inner, (*path, "do"))
        steps = text.removeprefix("row.") if scene.own is not None else text
        return resolved.Each(tuple(steps.split(".")), entity, binding, where, effects)

    def _many(self, text: str, scene: Scene, path: Path) -> ManyType | None:
        """The to-many relation or rows input that a path leads to."""
        self._context.mentions.append(Mention(path, text, scene.names, 0))
        steps = text.split(".")
        if steps[0] == "row" and len(steps) > 1:
            steps = steps[1:]
        found = scene.names.resolve(steps[0])
        if found is None:
            known = list(scene.names.names())
            self._context.unknown(path, "unknown-relation", "name", steps[0], known)
            return None
        type_: Type = found.type
        for step in steps[1:]:
            if not isinstance(type_, RowType | RecordType):
                break
            shape = type_.entity if isinstance(type_, RowType) else type_.shape
            attribute = shape.attribute(step)
            if attribute is None:
                self._context.unknown(path, "unknown-relation", "name", step, shape.attributes())
                return None
            type_ = attribute.type
        if isinstance(type_, ManyType):
            return type_
        if not isinstance(type_, UnknownType):
            message = f"`{text}` is not many rows: `each` needs a to-many relation or a rows input."
            self._context.error(path, "bad-path", message)
        return None

    def _loop(self, scene: Scene, binding: str, many: ManyType) -> tuple[Scene, str | None]:
        """The scene inside a loop, and the entity of its rows (None: objects of an input)."""
        created = dict(scene.created)
        if many.records:
            names = scene.names.with_record(binding, many.entity)
            return replace(scene, names=names, created=created), None
        names = scene.names.with_row(binding, many.entity)
        shape = self._context.shapes[many.name]
        about = scene.about if scene.own is not None else Names(shape)
        return replace(scene, names=names, about=about, created=created), many.name

    def _email(self, source: model.EmailEffect, scene: Scene, path: Path) -> resolved.Effect | None:
        templates = self._context.blueprint.emails
        if source.email not in templates:
            where = (*path, "email")
            self._context.unknown(where, "unknown-email", "e-mail", source.email, templates)
            return None
        self.used.emails.add(source.email)
        about = scene.about
        if about is None and scene.created:
            last = list(scene.created.values())[-1]
            about = Names(self._context.shapes[last.name])
        template = templates[source.email]
        for key, text in (("subject", template.subject), ("text", template.text)):
            at: Path = ("emails", source.email, key)
            check_placeholders(self._context, text, about or Names(), at)
        to = self._context.expression(
            source.to, scene.names, (*path, "to"), expect=TextType(), allow_missing=True
        )
        return resolved.SendEmail(source.email, to) if to is not None else None

    def _webhook(
        self, source: model.WebhookEffect, scene: Scene, path: Path
    ) -> resolved.Effect | None:
        known = self._context.blueprint.webhooks
        if source.webhook not in known:
            where = (*path, "webhook")
            self._context.unknown(where, "unknown-webhook", "webhook", source.webhook, known)
            return None
        self.used.webhooks.add(source.webhook)
        values = []
        for name, text in source.with_.items():
            at = (*path, "with", name)
            check_name(self._context, name, at, "name", words=False)
            value = self._context.expression(text, scene.names, at, allow_missing=True)
            if value is not None:
                values.append(resolved.Assignment(name, value))
        return resolved.CallWebhook(source.webhook, tuple(values))
