"""Makes `.venv` complete from a lock file, with nothing but Python's standard library.

`ensure("runtime")` holds what the command line needs, `ensure("dev")` also what the checks need.
The work is done again only when the lock file, pyproject.toml or the interpreter changed; after
that no network is needed. It keeps to the syntax of Python 3.7, so that an old Python can say
that it is too old.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11")
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}

NO_PYTHON = """backend-generator needs Python 3.11 or newer; this is Python {found} ({path}).
Install one (Debian and Ubuntu: apt-get install python3 python3-venv; macOS and Windows: the
installer from python.org) and run the same command again."""

NO_VENV = """{path} cannot make virtual environments: its module `{module}` is missing.
Install it (Debian and Ubuntu: apt-get install python3-venv) and run the same command again."""

NO_INSTALL = """setting up {venv} failed (exit code {code}) at: {line}
Its own words are above. If a download failed, check the network and run the same command again."""


class SetUpError(Exception):
    """The environment cannot be made; the text says why and what to do."""


def executable(name: str) -> Path:
    """The path of a program inside `.venv`, e.g. ``executable("python")``."""
    if os.name == "nt":
        return VENV / "Scripts" / (name + ".exe")
    return VENV / "bin" / name


def ensure(profile: str) -> None:
    """Make `.venv` hold what a profile ("runtime" or "dev") needs.

    Raises SetUpError when no Python is new enough, or an installation step fails.
    """
    if not _works(str(executable("python"))):
        _create()
    stamp = VENV / (".installed-" + profile)
    wanted = _fingerprint(profile)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    _install(profile)
    stamp.write_text(wanted)
    if profile == "dev":  # the development lock holds the runtime lock's versions
        (VENV / ".installed-runtime").write_text(_fingerprint("runtime"))


def _works(python: str) -> bool:
    """Whether a path or name runs a Python that is new enough."""
    test = "import sys; raise SystemExit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", test], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _interpreter() -> str:
    """The interpreter to build `.venv` with: this one, or a newer one found on PATH."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in NEWER_PYTHONS:
        path = shutil.which(name)
        if path and _works(path):
            return path
    found = ".".join(map(str, sys.version_info[:3]))
    raise SetUpError(NO_PYTHON.format(found=found, path=sys.executable))


def _create() -> None:
    python = _interpreter()
    for module in ("venv", "ensurepip"):  # Debian packs them apart from Python
        if subprocess.run([python, "-c", "import " + module], stderr=subprocess.DEVNULL).returncode:
            raise SetUpError(NO_VENV.format(path=python, module=module))
    _say(f"making {VENV.name} with {python}")
    _run([python, "-m", "venv", "--clear", str(VENV)])


def _fingerprint(profile: str) -> str:
    """What the installed state depends on; it changes when an installation is due."""
    digest = hashlib.sha256()
    for name in (LOCKS[profile], "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(str(ROOT).encode())
    digest.update((VENV / "pyvenv.cfg").read_bytes())
    return digest.hexdigest()


def _install(profile: str) -> None:
    lock = LOCKS[profile]
    _say(f"installing {lock} (a minute or two, once)")
    pip = [str(executable("python")), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    _run([*pip, "--require-hashes", "-r", str(ROOT / lock)])
    _run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    # So that the first command is as quick as all later ones, wherever Python may not write.
    _run([str(executable("python")), "-m", "compileall", "-q", str(ROOT / "local_engine")])


def _run(command: list[str]) -> None:
    result = subprocess.run(command)
    if result.returncode:
        line = " ".join(command)
        raise SetUpError(NO_INSTALL.format(venv=VENV, code=result.returncode, line=line))


def _say(text: str) -> None:
    print("set-up: " + text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """`python3 .ci/environment.py [runtime|dev]`."""
    profile = arguments[0] if arguments else "runtime"
    if profile not in LOCKS:
        print("unknown profile {!r}; known: {}".format(profile, ", ".join(LOCKS)), file=sys.stderr)
        return 2
    try:
        ensure(profile)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
