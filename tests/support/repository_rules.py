"""The repository's rules as pure functions: a tree of texts in, a list of breaches out.

A tree maps each path, relative to the repository's root, to its text. Each breach is one line that
names the place, so that a failing test reads as a list of things to do.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("local_engine/", "cloud_api/")
CODE = (*SHIPPED, ".ci/", "tests/")
# Whole projects, kept as examples: they have rules of their own.
PROJECTS = ("tests/golden/", "tests/support/reference_app/", "docs/examples/")
# Copied verbatim into generated projects, so it has the packages of a project, not ours.
FIXED = "local_engine/generator/emit/fastapi/fixed/"

Tree = Mapping[str, str]


def working_tree() -> dict[str, str]:
    """Every text file that is in git or would be added to it."""
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    tree = {}
    for name in sorted(set(names.split("\0"))):
        path = ROOT / name
        if name and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if b"\0" not in content:
                tree[name] = content.decode(errors="replace")
    return tree


def _modules(tree: Tree, within: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for path, text in tree.items():
        if path.endswith(".py") and path.startswith(within) and not path.startswith(PROJECTS):
            yield path, text


def long_files(tree: Tree, limit: int) -> list[str]:
    """Shipped modules with more lines than the limit."""
    lengths = ((path, len(text.splitlines())) for path, text in _modules(tree, SHIPPED))
    return [f"{path}: {lines} lines" for path, lines in lengths if lines > limit]


def long_functions(tree: Tree, limit: int, allowed: Mapping[str, str]) -> list[str]:
    """Shipped functions with more lines than the limit, and permissions that are not needed.

    `allowed` maps ``path::name`` of a function to the reason why it may be longer.
    """
    long = {}
    for path, text in _modules(tree, SHIPPED):
        for node in ast.walk(ast.parse(text, path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > limit:
                    long[f"{path}::{node.name}"] = f"{path}:{node.lineno} {node.name}: {lines}"
    breaches = [f"{where} lines" for name, where in long.items() if name not in allowed]
    return breaches + [f"{name}: allowed without need" for name in allowed if name not in long]


def vague_names(tree: Tree) -> list[str]:
    """Modules whose name says nothing of what they hold."""
    vague = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    return [path for path, _ in _modules(tree, CODE) if PurePosixPath(path).name in vague]


def machine_traces(tree: Tree) -> list[str]:
    """Paths of one machine and hosts of package registries, which hold on no other machine."""
    # In pieces, so that this file does not breach its own rule.
    folders = "|".join(["wo" + "rk", "ro" + "ot"])
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "deb." + "debian"]
    pattern = re.compile(rf"(?<![\w.~*}}-])/(?:{folders})/|" + "|".join(map(re.escape, hosts)))
    return [
        f"{path}:{number}: {match[0]}"
        for path, text in tree.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def addresses_in_locks(tree: Tree) -> list[str]:
    """Lock files that say where to fetch from: that is the installing machine's business."""
    pattern = re.compile(r"https?://|--(?:extra-)?index-url|--find-links")
    return [path for path, text in tree.items() if path.endswith(".lock") and pattern.search(text)]


def missing_docstrings(tree: Tree) -> list[str]:
    """Modules that do not begin with what they are for."""
    return [
        path
        for path, text in _modules(tree, CODE)
        if not ast.get_docstring(ast.parse(text, path), clean=False)
    ]


def missing_packages(tree: Tree) -> list[str]:
    """Folders of shipped modules without ``__init__.py``: the import contracts do not see them."""
    folders = {
        folder.as_posix()
        for path, _ in _modules(tree, SHIPPED)
        if not path.startswith(FIXED)
        for folder in PurePosixPath(path).parents
        if folder != PurePosixPath()
    }
    return sorted(folder for folder in folders if f"{folder}/__init__.py" not in tree)


def shadowing_packages(tree: Tree) -> list[str]:
    """Packages where none may be: ``packaging`` would shadow a library, tests are no library."""
    return [
        path
        for path in tree
        if path == "packaging/__init__.py"
        or (
            path.startswith("tests/")
            and not path.startswith("tests/support/")  # the helpers' own root, see pyproject.toml
            and path.endswith("/__init__.py")
        )
        if not path.startswith(PROJECTS)
    ]


def foreign_imports(tree: Tree, part: str, libraries: set[str]) -> list[str]:
    """Imports of a part that are neither its own, nor the standard library's, nor allowed."""
    own = part.rstrip("/").replace("/", ".")
    breaches = []
    for path, text in _modules(tree, (part,)):
        for line, module in _absolute_imports(ast.parse(text, path)):
            top = module.partition(".")[0]
            inside = module == own or module.startswith(f"{own}.")
            if not inside and top not in libraries | sys.stdlib_module_names:
                breaches.append(f"{path}:{line}: {module}")
    return breaches


def our_imports(tree: Tree, part: str) -> list[str]:
    """Absolute imports of our packages: a part that is copied elsewhere must stand alone."""
    return [
        f"{path}:{line}: {module}"
        for path, text in _modules(tree, (part,))
        for line, module in _absolute_imports(ast.parse(text, path))
        if f"{module}/".replace(".", "/").startswith(SHIPPED)
    ]


def network_imports(tree: Tree, part: str) -> list[str]:
    """Imports with which a part could reach a network."""
    network = re.compile(r"(socket|ssl|http\.client|urllib\.request|httpx|requests|aiohttp)(\.|$)")
    return [
        f"{path}:{line}: {module}"
        for path, text in _modules(tree, (part,))
        if not path.startswith(FIXED)
        for line, module in _absolute_imports(ast.parse(text, path))
        if network.match(module)
    ]


def _absolute_imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dependency_differences(tree: Tree) -> list[str]:
    """Direct dependencies without a line in docs/dependencies.md, and lines for no dependency."""
    project = tomllib.loads(tree["pyproject.toml"])["project"]
    extras = project.get("optional-dependencies", {}).values()
    needed = {
        _canonical(requirement)
        for requirements in (project["dependencies"], *extras)
        for requirement in requirements
    }
    rows = re.findall(r"^\| ([\w.-]+) \|", tree["docs/dependencies.md"], re.MULTILINE)
    told = [_canonical(row) for row in rows if row != "package"]
    breaches = [
        f"{name}: told {told.count(name)} times" for name in {*told} if told.count(name) > 1
    ]
    breaches += [f"{name}: not in docs/dependencies.md" for name in sorted(needed - {*told})]
    return breaches + [f"{name}: not in pyproject.toml" for name in sorted({*told} - needed)]


def _canonical(requirement: str) -> str:
    """A requirement's name in the one spelling that package indexes compare."""
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
