"""Migrations: numbered without gaps, each with its way back."""

import re
from collections.abc import Iterator

from local_engine.verification.checks import Check, CheckFailed
from local_engine.verification.context import Context

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.(up|down)\.sql")


def checks() -> Iterator[Check]:
    """One check."""
    yield Check(
        "static.migrations",
        "Migrations are numbered from 1 without gaps, each with a way back.",
        _contiguous,
    )


def _contiguous(context: Context) -> None:
    names = sorted(path.name for path in (context.controls.project / "migrations").glob("*.sql"))
    steps: dict[int, dict[str, str]] = {}
    faults: list[str] = []
    for name in names:
        match = _NAME.fullmatch(name)
        if match is None:
            faults.append(f"{name} is not named like 0001_initial.up.sql")
            continue
        directions = steps.setdefault(int(match[1]), {})
        if match[3] in directions:
            faults.append(f"the number of {name} is used twice")
        directions[match[3]] = match[2]
    faults += [
        f"{number:04d} is absent"
        for number in range(1, max(steps, default=0))
        if number not in steps
    ]
    for number, directions in sorted(steps.items()):
        if set(directions) != {"up", "down"} or len(set(directions.values())) != 1:
            faults.append(f"{number:04d} has not both ways under one name")
    if not steps:
        faults.append("there is no migration")
    if faults:
        raise CheckFailed(
            "numbers from 0001 on, each with .up.sql and .down.sql", "; ".join(faults)
        )
