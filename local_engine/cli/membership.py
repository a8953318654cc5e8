"""The options of the commands about the user's account in the cloud."""

from __future__ import annotations

from typing import Annotated

import typer

from local_engine.cli.options import Json, carry_out

app = typer.Typer()
devices = typer.Typer(help="Where your account is signed in.", no_args_is_help=True)
keys = typer.Typer(help="Providers' keys that the cloud keeps for you.", no_args_is_help=True)
app.add_typer(devices, name="devices")
app.add_typer(keys, name="keys")

Email = Annotated[str | None, typer.Argument(help="Your e-mail address (default: asked for).")]
KeyProvider = Annotated[
    str, typer.Argument(metavar="PROVIDER", help="Whose key: gemini, groq or openai.")
]


@app.command()
def register(email: Email = None, json: Json = False) -> None:
    """Get an account in the cloud.

    The password is asked for on a terminal, else it is the first line of standard input.
    """
    from local_engine.cli.commands.login import register

    carry_out(json, lambda shown: register(email, shown))


@app.command()
def login(email: Email = None, json: Json = False) -> None:
    """Sign in to the cloud.

    The password is asked for on a terminal, else it is the first line of standard input.
    """
    from local_engine.cli.commands.login import login

    carry_out(json, lambda shown: login(email, shown))


@app.command()
def logout(
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="All devices, this one too.")
    ] = False,
    json: Json = False,
) -> None:
    """Sign out of the cloud."""
    from local_engine.cli.commands.login import logout

    carry_out(json, lambda shown: logout(everywhere, shown))


@app.command()
def whoami(json: Json = False) -> None:
    """Who is signed in to the cloud."""
    from local_engine.cli.commands.login import whoami

    carry_out(json, whoami)


@devices.command("list")
def list_devices(json: Json = False) -> None:
    """The devices that are signed in, the one used last first."""
    from local_engine.cli.commands.devices import list_devices

    carry_out(json, list_devices)


@devices.command("revoke")
def revoke_device(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="Its id, see `list`.")],
    json: Json = False,
) -> None:
    """Sign one device out."""
    from local_engine.cli.commands.devices import sign_out_device

    carry_out(json, lambda shown: sign_out_device(device, shown))


@keys.command("list")
def list_keys(json: Json = False) -> None:
    """Whose keys are kept: of each, the last four characters."""
    from local_engine.cli.commands.keys import list_keys

    carry_out(json, list_keys)


@keys.command("put")
def put_key(provider: KeyProvider, json: Json = False) -> None:
    """Keep a key: asked for on a terminal, else the first line of standard input."""
    from local_engine.cli.commands.keys import put_key

    carry_out(json, lambda shown: put_key(provider, shown))


@keys.command("test")
def try_key(provider: KeyProvider, json: Json = False) -> None:
    """Ask the provider whether it takes the key; costs nothing."""
    from local_engine.cli.commands.keys import try_key

    carry_out(json, lambda shown: try_key(provider, shown))


@keys.command("remove")
def remove_key(provider: KeyProvider, json: Json = False) -> None:
    """Have the cloud forget a key."""
    from local_engine.cli.commands.keys import remove_key

    carry_out(json, lambda shown: remove_key(provider, shown))


@app.command()
def usage(json: Json = False) -> None:
    """What you have used of the cloud today, and may use."""
    from local_engine.cli.commands.usage import show_usage

    carry_out(json, show_usage)
