"""`devices`: where the account is signed in."""

from __future__ import annotations

from uuid import UUID

from local_engine.cli.cloud_account import account
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output


def list_devices(output: Output) -> int:
    """A table of all devices that are signed in."""
    with account(output) as cloud:
        devices = cloud.devices()
    rows = [
        (
            str(device.id),
            f"{device.name}{'  ← this one' if device.current else ''}",
            device.address,
            f"{device.last_used_at.astimezone():%Y-%m-%d %H:%M}",
        )
        for device in devices
    ]
    output.table(["device", "name", "address", "last used"], rows)
    output.finish({"devices": [device.model_dump(mode="json") for device in devices]})
    return ExitCode.OK


def sign_out_device(device: str, output: Output) -> int:
    """Sign one device out."""
    try:
        wanted = UUID(device)
    except ValueError:
        raise CommandError(
            f"{device} is no device's id", hint="see: devices list", code=ExitCode.USAGE
        ) from None
    with account(output) as cloud:
        cloud.sign_out_device(wanted)
    output.line(f"Signed out {wanted}")
    output.finish({"signed_out": str(wanted)})
    return ExitCode.OK
