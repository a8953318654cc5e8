"""`design`: a prompt becomes a Blueprint by a model, step by step; what fails is the planner's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from local_engine.generator.agents.designing import explaining, instructions, wording
from local_engine.generator.agents.designing.coercion import (
    entity_word,
    name_word,
    settle_names,
)
from local_engine.generator.agents.designing.forms import (
    GROUP,
    action_form,
    behaviour_form,
    outline_form,
    structure_form,
)
from local_engine.generator.agents.designing.interview import STOPS, Interview, Part
from local_engine.generator.agents.designing.results import Design, Wish
from local_engine.generator.agents.designing.sketch import Data, Sketch
from local_engine.generator.agents.providers import (
    Call,
    Fault,
    Provider,
    ProviderError,
    TooLarge,
    Truncated,
)
from local_engine.generator.blueprint import dump
from local_engine.generator.planner import Plan, PlanEvent, PlanningError, Question, plan
from local_engine.generator.planner.composing.document import settle
from local_engine.generator.planner.events import QuestionRaised
from local_engine.generator.planner.naming import role_name

OnEvent = Callable[[PlanEvent], Awaitable[None]]

MAX_ENTITIES = 80
MAX_ACTIONS = 40
_HEAD = ("name", "description", "currency", "time_zone")
_BUILT_IN = ("admin", "public", "authenticated", "owner", "member", "nobody")


async def tell_nobody(event: PlanEvent) -> None:
    """For whoever wants the design only."""


async def design(
    prompt: str, provider: Provider, call: Call, *, on_event: OnEvent = tell_nobody
) -> Design:
    """The Blueprint that a prompt describes, by a model.

    What the model cannot do well enough, does not want to, or can no more do for want of time,
    budget or a provider, is taken from the planner's draft, and the notes say so. Raises
    `KeyRejected`, `RequestRejected`, `Cancelled` as the provider does; whatever it raises, where
    the planner does not understand the prompt either; and PlanningError for an empty prompt.
    """
    draft, misunderstanding = await asyncio.to_thread(_draft, prompt)
    if not prompt.strip():
        raise misunderstanding or PlanningError("The prompt is empty.")
    run = _Run(prompt, draft, Interview(provider, call), on_event)
    try:
        return await run.design()
    except _NoOutline as failure:
        if draft is None:
            raise failure.error or misunderstanding or PlanningError(_NOTHING) from None
        return run.planned(draft, failure)


_NOTHING = "The model found nothing to store in the description."


class _NoOutline(Exception):
    """The first step came to nothing; `error` is why, where it was a provider's."""

    def __init__(self, error: ProviderError | None = None) -> None:
        super().__init__(error.message if error else _NOTHING)
        self.error = error


def _draft(prompt: str) -> tuple[Plan | None, PlanningError | None]:
    try:
        return plan(prompt), None
    except PlanningError as error:
        return None, error


class _Run:
    """One design under way."""

    def __init__(
        self, prompt: str, draft: Plan | None, interview: Interview, on_event: OnEvent
    ) -> None:
        self._prompt = prompt
        self._draft = draft
        self._interview = interview
        self._on_event = on_event
        self._told: set[PlanEvent] = set()
        self._questions: list[Question] = []
        self._notes: list[str] = []
        self._stopped = False

    async def design(self) -> Design:
        outline = await self._outline()
        sketch = Sketch(_head(outline), _entities(outline), self._drafted())
        await self._tell(explaining.outline_events(outline))
        for asked in outline.get("questions", ()):
            options = tuple(asked.get("options", ()))
            await self._ask(asked["text"], asked.get("about", ""), options)
        await self._structure(sketch, {one["name"]: one["what"] for one in outline["entities"]})
        await self._behaviour(sketch)
        await self._actions(sketch, outline.get("actions", [])[:MAX_ACTIONS])
        return await self._settled(sketch, outline)

    def planned(self, draft: Plan, failure: _NoOutline) -> Design:
        """The planner's draft, as the model gave nothing."""
        note = f"No model's answer could be used ({failure}). The planner made this by rules."
        return Design(
            draft.blueprint,
            draft.text,
            draft.decisions,
            draft.questions,
            (),
            (note,),
            (),
            self._interview.used,
        )

    def _drafted(self) -> dict[str, Data]:
        entities = self._draft.blueprint.plain()["entities"] if self._draft else {}
        return {name: one for name, one in entities.items() if name != "User"}

    async def _outline(self) -> Data:
        part = Part(("outline",))
        task = wording.outline_task(self._prompt, self._draft)
        form = outline_form()
        while True:
            try:
                await self._interview.fill_or_split(
                    part, form, instructions.OUTLINE, lambda _: task
                )
            except (*STOPS, Truncated, TooLarge) as error:
                raise _NoOutline(error) from None
            if part.value is None:
                raise _NoOutline
            outline = _tidy(form.plain(part.value))
            if set(_entities(outline)) - {"User"}:
                return outline
            part.faults = (Fault("/entities", "Name at least one entity besides User."),)
            if not part.may_be_asked:
                raise _NoOutline
            part.reasks += 1

    async def _structure(self, sketch: Sketch, whats: dict[str, str]) -> None:
        def task(part: Part) -> str:
            return wording.structure_task(self._prompt, sketch, part.names, whats)

        async def ask(part: Part) -> list[Part]:
            parts = await self._interview.fill_or_split(
                part, structure_form(), instructions.STRUCTURE, task
            )
            for one in parts:
                settle_names(one.value or {})
            return parts

        sketch.structure = []
        for names in _groups(sketch.entities):
            sketch.structure += await self._filled(Part(names), ask)
            await self._tell_of(sketch, names, explaining.structure_events)
        await self._mend(sketch.structure, sketch.structure_faults, ask)
        for part in sketch.structure:
            self._stand_in(sketch, part)
            await self._tell_of(sketch, part.names, explaining.structure_events)

    async def _behaviour(self, sketch: Sketch) -> None:
        def task(part: Part) -> str:
            return wording.behaviour_task(self._prompt, sketch, part.names)

        async def ask(part: Part) -> list[Part]:
            parts = await self._interview.fill_or_split(
                part, behaviour_form(), instructions.BEHAVIOUR, task
            )
            for one in parts:
                settle_names(one.value or {})
            return parts

        filled: list[Part] = []
        for names in _groups(tuple(name for name in sketch.entities if name != "User")):
            filled += await self._filled(Part(names), ask)
        sketch.behaviour = filled
        await self._mend(sketch.behaviour, sketch.behaviour_faults, ask)
        for part in sketch.behaviour:
            self._stand_in(sketch, part)
            await self._tell_of(sketch, part.names, explaining.behaviour_events)

    def _stand_in(self, sketch: Sketch, part: Part) -> None:
        """The planner's draft for what the model could not say properly, where there is one."""
        named = {str(fault.path) for fault in part.faults}
        for index, item in enumerate((part.value or {}).get("entities", ())):
            wrong = any(path.startswith(f"/entities/{index}") for path in named)
            if wrong and item["name"] in sketch.drafted:
                sketch.stand_ins.add(item["name"])

    async def _actions(self, sketch: Sketch, actions: list[Data]) -> None:
        for action in actions:
            await self._action(sketch, action)

    async def _action(self, sketch: Sketch, action: Data) -> None:
        kind, name = action["kind"], name_word(action["name"])
        part = Part((name,))

        async def ask(part: Part) -> list[Part]:
            task = wording.action_task(self._prompt, sketch, action, name)
            return await self._interview.fill_or_split(
                part, action_form(kind), instructions.ACTION, lambda _: task
            )

        await self._filled(part, ask)
        if part.value is None:
            await self._ask(f"The {kind} `{name}` is not there yet: what exactly does it do?", name)
            return
        sketch.actions.append((kind, part))
        await self._mend([part], lambda: sketch.action_faults(kind, part), ask)
        await self._tell([explaining.action_event(kind, name)])

    async def _filled(self, part: Part, ask: Callable[[Part], Awaitable[list[Part]]]) -> list[Part]:
        """The part, or its halves, with answers as far as there are any."""
        if self._stopped:
            return [part]
        try:
            return await ask(part)
        except STOPS as error:
            self._stopped = True
            self._notes.append(f"{error.message} The planner made the rest by rules.")
            return [part]

    async def _mend(
        self,
        parts: list[Part],
        judge: Callable[[], None],
        ask: Callable[[Part], Awaitable[list[Part]]],
    ) -> None:
        """Show the model what is wrong, those parts only, until it is right or was said enough."""
        judge()
        while not self._stopped and any(part.may_be_asked for part in parts):
            for part in [part for part in parts if part.may_be_asked]:
                part.reasks += 1
                halves = await self._filled(part, ask)
                if halves != [part]:
                    place = parts.index(part)
                    parts[place : place + 1] = halves
            judge()

    async def _settled(self, sketch: Sketch, outline: Data) -> Design:
        data = sketch.data()
        asked: list[tuple[str, str]] = []
        blueprint = settle(data, lambda text, about: asked.append((text, about)))
        for text, about in asked:
            await self._ask(text, about)
        for refusal in dict.fromkeys(self._interview.refusals):
            self._notes.append(f"{refusal} The planner made that part by rules.")
        return Design(
            blueprint,
            dump(blueprint),
            explaining.decisions(self._prompt, sketch, outline, blueprint),
            tuple(self._questions),
            _wishes(outline, blueprint.plain()),
            tuple(self._notes),
            tuple(self._interview.models),
            self._interview.used,
        )

    async def _tell_of(self, sketch: Sketch, names: Iterable[str], events: Any) -> None:
        for name in names:
            await self._tell(events(name, sketch.entity(name)))

    async def _tell(self, events: Iterable[PlanEvent]) -> None:
        for event in events:
            if event not in self._told:
                self._told.add(event)
                await self._on_event(event)

    async def _ask(self, text: str, about: str = "", options: tuple[str, ...] = ()) -> None:
        question = Question(text, options, about)
        if question not in self._questions:
            self._questions.append(question)
            await self._tell([QuestionRaised(about, text)])


def _groups(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [names[start : start + GROUP] for start in range(0, len(names), GROUP)]


def _tidy(outline: Data) -> Data:
    """The outline with proper names, each once."""
    entities: dict[str, Data] = {}
    for entity in outline.get("entities", ()):
        name = entity_word(entity.get("name", ""))
        if entity.get("name") and len(entities) < MAX_ENTITIES:
            entities.setdefault(name, {**entity, "name": name, "what": entity.get("what", "")})
    roles: dict[str, Data] = {}
    for role in outline.get("roles", ()):
        if role.get("name") and name_word(role["name"]) not in _BUILT_IN:
            name = role_name(role["name"])
            roles.setdefault(name, {**role, "name": name})
    actions: dict[str, Data] = {}
    for action in outline.get("actions", ()):
        if action.get("name") and action.get("kind"):
            about = [entity_word(name) for name in action.get("about", ())]
            actions.setdefault(name_word(action["name"]), {**action, "about": about})
    outline |= {"entities": list(entities.values()), "roles": list(roles.values())}
    return outline | {"actions": list(actions.values())}


def _entities(outline: Data) -> tuple[str, ...]:
    return tuple(entity["name"] for entity in outline["entities"])


def _head(outline: Data) -> Data:
    head: Data = {"blueprint": 1, "name": "Backend"}
    head |= {key: outline[key] for key in _HEAD if key in outline}
    roles = [role["name"] for role in outline["roles"]]
    accounts: Data = {"roles": roles} if roles else {}
    if "sign_up" in outline:
        accounts["sign_up"] = outline["sign_up"]
    default = role_name(outline["default_role"]) if "default_role" in outline else None
    if default in roles:
        accounts["default_role"] = default
    if accounts:
        head["accounts"] = accounts
    tenancy = outline.get("tenancy")
    if tenancy and entity_word(tenancy.get("tenant", "")) in _entities(outline):
        for key in ("tenant", "through"):
            if key in tenancy:
                tenancy[key] = entity_word(tenancy[key])
        head["tenancy"] = tenancy
    return head


def _wishes(outline: Data, there: Data) -> tuple[Wish, ...]:
    """The functions that are to be written."""
    whats = {name_word(one["name"]): one.get("what", "") for one in outline["actions"]}
    return tuple(
        Wish(name, whats.get(name, ""))
        for section in ("operations", "jobs")
        for name, one in there.get(section, {}).items()
        if one.get("code") == "python"
    )
