"""ISO 8601 durations of the kind that the Blueprint knows: weeks to seconds, no months."""

import re
from datetime import timedelta

_FORM = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def parse_duration(text: str) -> timedelta:
    """The duration that the text says; raises ValueError."""
    match = _FORM.fullmatch(text)
    parts = {name: value for name, value in match.groupdict().items() if value} if match else {}
    if not parts:
        raise ValueError(f"not a duration: {text!r}")
    return timedelta(**{name: float(value) for name, value in parts.items()})


def format_duration(value: timedelta) -> str:
    """The duration in hours, minutes and seconds: `PT36H`, nothing is `PT0S`."""
    whole, micros = divmod(round(value.total_seconds() * 1_000_000), 1_000_000)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    text = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if seconds or micros or not text:
        text += f"{seconds}{fraction}S"
    return f"PT{text}"
