"""`keys`: providers' keys that the cloud keeps for the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from local_engine.cli.cloud_account import account, asked_secret
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.contracts.llm_keys import LlmKey, Provider

_WORKS = {None: "not tested", True: "works", False: "refused"}


def list_keys(output: Output) -> int:
    """A table of all keys, with their last four characters."""
    with account(output) as cloud:
        found = cloud.keys()
    output.table(["provider", "key", "kept since", "tested"], [_row(key) for key in found.keys])
    if found.platform:
        output.line(f"The cloud has keys of its own for {', '.join(found.platform)}.")
    output.finish(found.model_dump(mode="json"))
    return ExitCode.OK


def put_key(provider: str, output: Output) -> int:
    """Keep a key in the cloud, in place of an earlier one."""
    wanted = _provider(provider)
    with account(output) as cloud:
        key = cloud.put_key(wanted, asked_secret("Key"))
    output.line(f"Kept the key of {provider} that ends with {key.last_four}.")
    output.finish({"key": key.model_dump(mode="json")})
    return ExitCode.OK


def try_key(provider: str, output: Output) -> int:
    """Have the provider asked; exit code 1 where it refuses the key."""
    wanted = _provider(provider)
    with account(output) as cloud:
        tested = cloud.test_key(wanted)
    output.line(f"{provider}: {tested.detail}")
    output.finish(tested.model_dump(mode="json"))
    return ExitCode.FAILED if tested.verdict == "refused" else ExitCode.OK


def remove_key(provider: str, output: Output) -> int:
    """Have the cloud forget a key."""
    wanted = _provider(provider)
    with account(output) as cloud:
        cloud.remove_key(wanted)
    output.line(f"Removed the key of {provider}.")
    output.finish({"removed": provider})
    return ExitCode.OK


def _provider(text: str) -> Provider:
    from local_engine.contracts.llm_keys import Provider

    known = get_args(Provider)
    if text not in known:
        raise CommandError(
            f"{text} is no provider", hint=f"one of: {', '.join(known)}", code=ExitCode.USAGE
        )
    return cast("Provider", text)


def _row(key: LlmKey) -> tuple[str, ...]:
    kept = f"{key.stored_at.astimezone():%Y-%m-%d %H:%M}"
    return (key.provider, f"…{key.last_four}", kept, _WORKS[key.works])
