"""Builds the frozen engine: `python packaging/build_engine.py [FOLDER]`, by default `build/engine`.

Does nothing when the tree there was made of the same files by the same interpreter. It needs the
`freeze` extra (`make engine` sees to that) and takes about a minute.
"""

from __future__ import annotations

import compileall
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import frozen_tree
from frozen_tree import ROOT, Item

from local_engine.runtime.file_lock import file_lock

DEFAULT = ROOT / "build" / "engine"
CONTENTS = "_internal"
_STAMP = "made-of"
_WAIT_SECONDS = 900.0  # for somebody else who builds the same
_HERE = Path(__file__).resolve().parent


def executable(tree: Path, name: str = "engine") -> Path:
    """A program of a tree: `engine`, or `backend-generator`, the command line."""
    return tree / (f"{name}.exe" if sys.platform == "win32" else name)


def library(tree: Path) -> Path:
    """The folder of a tree that holds the packages."""
    return tree / CONTENTS / frozen_tree.library_folder()


def build(tree: Path = DEFAULT) -> bool:
    """Make the tree, complete or not at all; gives whether there was anything to do.

    Raises `subprocess.CalledProcessError` when PyInstaller fails; its words are on standard error.
    """
    made_of = _digest()
    stamp = tree / CONTENTS / _STAMP
    tree.parent.mkdir(parents=True, exist_ok=True)
    with (
        file_lock(tree.with_name(f"{tree.name}.lock"), timeout_seconds=_WAIT_SECONDS),
        tempfile.TemporaryDirectory(prefix="unfinished-", dir=tree.parent) as folder,
    ):
        if stamp.is_file() and stamp.read_text("ascii") == made_of:
            return False
        new = Path(folder) / "dist" / "engine"
        _freeze(Path(folder))
        _name_the_command_line(new)
        _compile(library(new))
        (new / CONTENTS / _STAMP).write_text(made_of, "ascii")
        shutil.rmtree(tree, ignore_errors=True)
        new.rename(tree)
    return True


def _digest() -> str:
    """Of everything that goes into a tree, but for system libraries."""
    items: list[Item] = sorted([*frozen_tree.own_files(), *frozen_tree.installed_files()])
    digest = hashlib.sha256(f"{sys.version} {sys.platform} {sys.base_prefix}".encode())
    for source in sorted([*_HERE.glob("*.py"), *_HERE.glob("*.spec")]):
        digest.update(source.read_bytes())
    for place, origin, _ in items:
        digest.update(f"{place}\0".encode())
        file = Path(origin)
        if file.is_relative_to(ROOT / frozen_tree.PACKAGE):
            digest.update(file.read_bytes())
        elif file.is_absolute():  # of a package: what is installed is not edited
            digest.update(str(file.stat().st_size).encode())
    return digest.hexdigest()


def _freeze(folder: Path) -> None:
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(folder / "dist"), "--workpath", str(folder / "work")]
    subprocess.run(
        [*command, *places, str(_HERE / "engine.spec")],
        env={**os.environ, "PYINSTALLER_CONFIG_DIR": str(folder / "cache")},
        stdin=subprocess.DEVNULL,
        check=True,
    )


def _name_the_command_line(tree: Path) -> None:
    """The command line is the same program under another name."""
    name = executable(tree, "backend-generator")
    if sys.platform == "win32":
        shutil.copy2(executable(tree), name)
    else:
        name.symlink_to("engine")


def _compile(packages: Path) -> None:
    """Bytecode for all modules, valid as long as it is there: times of files do not count."""
    compileall.compile_dir(
        packages,
        quiet=2,
        workers=0,
        stripdir=str(packages),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def main(arguments: list[str]) -> int:
    """Build, and say where the tree is and how large."""
    tree = Path(arguments[0]).resolve() if arguments else DEFAULT
    try:
        built = build(tree)
    except subprocess.CalledProcessError as failure:
        return failure.returncode
    size = sum(file.lstat().st_size for file in tree.rglob("*") if not file.is_dir())
    print(f"{executable(tree)}: {'built' if built else 'as it was'}, {size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
