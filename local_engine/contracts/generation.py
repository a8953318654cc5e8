"""Generation: from a prompt to a Blueprint and its files, as a run that can be followed."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from local_engine.contracts.problems import InputProblem
from local_engine.contracts.wire import Answer, Json, Moment, Request, Text

MAX_PROMPT = 20_000

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Way = Literal["no-model", "platform-key", "own-key"]
"""How a run makes its Blueprint: by rules, by a model with the platform's key, or the user's."""


class GenerationRequest(Request):
    """What to build, in plain language.

    `via` says how: `auto` takes a model where there is one. A run never uses more than the caps.
    Repeated with the same `id`, it is the same run: so a lost connection costs no second one.
    """

    id: UUID | None = None
    prompt: Annotated[Text, Field(min_length=1, max_length=MAX_PROMPT)]
    via: Literal["auto", "no-model"] = "auto"
    files: Annotated[
        Literal["link", "map"],
        Field(description="`map` puts all files into the answer; `link` gives only their zip."),
    ] = "link"
    max_tokens: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    max_cost_microdollars: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None


class Decision(Answer):
    """Something that was decided, where in the Blueprint, and why."""

    path: str
    what: str
    why: str
    quote: str | None = None


class OpenQuestion(Answer):
    """Something that the prompt leaves open."""

    text: str
    options: list[str] = Field(default_factory=list)
    about: str = ""


class Made(Answer):
    """A Blueprint (YAML), what was assumed in it, what is open, and what else is to be said.

    `extensions` are functions that a model wrote for what the Blueprint cannot say, with their
    tests: texts by path in the project.
    """

    blueprint: str
    assumed: list[Decision]
    questions: list[OpenQuestion]
    notes: list[str]
    extensions: dict[str, str] = Field(default_factory=dict)


class Usage(Answer):
    """What a run has used of models."""

    tokens: int
    cost_microdollars: int


class Amount(Answer):
    """How much of a day's quota is used."""

    used: int
    limit: int


class Quota(Answer):
    """What an account has used today (UTC), and may use."""

    generations: Amount
    tokens: Amount
    cost_microdollars: Amount
    resets_at: Moment


class RunProblem(Answer):
    """Why a run failed, as in problem details."""

    code: str
    detail: str
    errors: tuple[InputProblem, ...] = ()


class Generation(Answer):
    """A run. `files_zip` is where the project is to be had once it succeeded."""

    id: UUID
    status: Status
    prompt: str
    way: Way
    model: str | None
    created_at: Moment
    ended_at: Moment | None
    usage: Usage
    result: Made | None = None
    problem: RunProblem | None = None
    files_zip: str | None = None
    files: dict[str, str] | None = None
    quota: Quota | None = None


class GenerationPage(Answer):
    """Runs, the newest first, without results; `next` is the `before` of the next page."""

    generations: list[Generation]
    next: UUID | None = None


class Accepted(Answer):
    """The run is there; its id is what resumes the stream elsewhere."""

    type: Literal["accepted"] = "accepted"
    generation: UUID


class Started(Answer):
    """A worker has begun; again, if the one before has died."""

    type: Literal["started"] = "started"
    attempt: int


class Noticed(Answer):
    """Something was found out about the Blueprint to be; `path` is where it will stand.

    `kind` says what it is (`entity-found`, `access-decided`), `facts` what is named with it.
    """

    type: Literal["noticed"] = "noticed"
    path: str
    kind: str
    facts: Json


class Ended(Answer):
    """The run has ended; the whole of it is at its address."""

    type: Literal["ended"] = "ended"
    status: Status
    problem: RunProblem | None = None


Event = Annotated[Accepted | Started | Noticed | Ended, Field(discriminator="type")]


class NumberedEvent(Answer):
    """An event with its number in the run, from 1 on: the `id` of a server-sent event."""

    number: int
    at: Moment
    event: Event
