"""Models for commands: which is asked, with the key from the store or the environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.jobs.events import Event
from local_engine.jobs.models import Making, ModelChoice

if TYPE_CHECKING:
    from local_engine.account import Account
    from local_engine.jobs.designs import CloudOf
    from local_engine.jobs.run import Run

T = TypeVar("T")


def choice_of(
    via: str,
    provider: str | None,
    model: str | None,
    server: str | None,
    max_tokens: int | None,
) -> ModelChoice:
    """The choice that options make. Raises CommandError for one that is none."""
    given = {"provider": provider, "model": model, "server": server, "max_tokens": max_tokens}
    chosen = {key: value for key, value in given.items() if value is not None}
    if via == "no-model" and chosen:
        option = next(iter(chosen)).replace("_", "-")
        raise CommandError(
            f"--{option} says something about a model, and none is asked",
            hint="add --via own-key or --via local-model",
            code=ExitCode.USAGE,
        )
    if via == "cloud" and chosen.keys() - {"max_tokens"}:
        option = next(iter(chosen.keys() - {"max_tokens"}))
        raise CommandError(
            f"--{option}: the cloud chooses the model",
            hint="leave it out, or use --via own-key or --via local-model",
            code=ExitCode.USAGE,
        )
    try:
        return ModelChoice.model_validate({"via": via, **chosen})
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        place = "-".join(str(step) for step in first["loc"]).replace("_", "-")
        raise CommandError(f"--{place}: {first['msg']}", code=ExitCode.USAGE) from None


def with_run(choice: ModelChoice, prompt: str, output: Output, work: Callable[[Run], T]) -> T:
    """The work as a job that nobody else sees; what models are asked is shown as it happens.

    On standard error: standard output may be a Blueprint's file.
    """
    from local_engine.cli.jobs import job
    from local_engine.jobs.kinds.plan import PlanRequest

    beside = output.aside()

    def listener(event: Event) -> None:
        if event.type == "log":
            beside.line(event.line, "dim")

    request = PlanRequest.model_construct(kind="plan", prompt=prompt, choice=choice)
    with job(request, Path(), output, listener) as (run, _):
        return work(run)


def stored_key(name: str) -> str | None:
    """A key from the store; None where there is none, or a file that only a person unlocks."""
    from local_engine.runtime.home import engine_home
    from local_engine.secrets import Secrets, SecretsRefused

    try:
        return Secrets(engine_home()).get(name)
    except SecretsRefused:
        return None


def cloud_of(output: Output) -> CloudOf:
    """Opens the account in the cloud when it is needed, until the command ends."""

    def opened() -> Account:
        from local_engine.account import Account, cloud_address
        from local_engine.cli.cloud_account import cloud_setting, open_secrets
        from local_engine.runtime.home import engine_home

        account = Account(engine_home(), open_secrets(output), cloud_address(cloud_setting()))
        output.at_end.callback(account.close)
        return account

    return opened


def show_making(making: Making, output: Output) -> None:
    """Who made a Blueprint, at what cost; nothing where no model was asked for."""
    if making.via == "no-model":
        return
    cost = making.cost_microdollars
    price = "cost unknown" if cost is None else f"${cost / 1_000_000:.4f}"
    by = ", ".join(making.models) or "the planner, by rules"
    output.field("Made by", f"{by}  ({making.tokens} tokens, {price})")
    for note in making.notes:
        output.line(f"! {note}", "yellow")
