"""The project's own checks, in tiers, each stage with its time.

`python3 .ci/checks.py` is the standard tier; it sets up `.venv` by itself. Static stages come
first and the tests last, so that pytest's summary ends the output. The tier `frozen` builds the
frozen engine, and runs with it what sees the engine and the command line from outside.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from environment import ROOT, SetUpError, ensure, executable

OURS = ["local_engine", "cloud_api", "tests", ".ci", "packaging"]
FORMAT = ("format", ["ruff", "format", "--check", "."])
LINT = ("lint", ["ruff", "check", "."])
TYPES = ("types", ["mypy", *OURS])
LAYERS = ("layers", ["lint-imports", "--no-logo"])
PARALLEL = ["-n", "2", "--dist", "worksteal"]  # the smallest machine that it must pass on

TIERS = {
    "fast": [FORMAT, LINT, ("tests", ["pytest", *PARALLEL, "tests/unit"])],
    "standard": [FORMAT, LINT, TYPES, LAYERS, ("tests", ["pytest", *PARALLEL, "--durations=60"])],
    "full": [FORMAT, LINT, TYPES, LAYERS, ("tests", ["pytest", *PARALLEL, "-m", ""])],
    "frozen": [("tests", ["pytest", "-m", "", "tests/e2e/engine", "tests/e2e/frozen"])],
    "bench": [("benchmarks", ["pytest", "-s", "-m", "", "tests/benchmarks"])],
}


def main() -> int:
    """Run a tier; exit code 1 when a stage failed, 2 when the set-up did."""
    parser = argparse.ArgumentParser(prog="python3 .ci/checks.py", description=__doc__)
    parser.add_argument("--tier", choices=sorted(TIERS), default="standard")
    tier = parser.parse_args().tier
    started = time.monotonic()
    try:
        ensure("dev")
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    _report("set-up", started, ok=True)
    *static, (_, tests) = TIERS[tier]
    failed = [name for name, command in static if not _passes(name, command)]
    if failed:
        print("failed before the tests: {}".format(", ".join(failed)))
        return 1
    return 0 if _run(tests) == 0 else 1


def _passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    ok = _run(command) == 0
    _report(name, started, ok)
    return ok


def _run(command: list[str]) -> int:
    program, *arguments = command
    return subprocess.run([str(executable(program)), *arguments], cwd=ROOT).returncode


def _report(name: str, started: float, ok: bool) -> None:
    verdict = "ok" if ok else "FAILED"
    print(f"-- {name}: {verdict} in {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
