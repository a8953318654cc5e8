"""Whole emitted projects, kept as golden trees in `tests/golden`.

What a project has word for word from the emitter's fixed parts is kept as a line of the tree's
`fixed-parts.txt`, `path in the project = path below fixed/`: a change of a fixed part is read where
it is made, not once more in every tree. All other files are kept as they are.

`python tests/support/golden.py --update` writes them anew after a change that is meant; what
changed is then to be read in the version control. Without `--update` it tells what differs.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from local_engine.generator.blueprint import load  # noqa: E402
from local_engine.generator.emit import FileTree, emit, write  # noqa: E402

GOLDEN = ROOT / "tests/golden"
_FIXED = ROOT / "local_engine/generator/emit/fastapi/fixed"
_FIXED_PARTS = "fixed-parts.txt"
_EXAMPLES = ROOT / "docs/examples"
SOURCES = {
    "todo": _EXAMPLES / "01-todo/blueprint.yaml",
    "bakery": _EXAMPLES / "language/bakery.yaml",
    "community": _EXAMPLES / "language/community.yaml",
    "bank": _EXAMPLES / "language/bank.yaml",
    "clinics": _EXAMPLES / "language/clinics.yaml",
    "everything": ROOT / "tests/support/blueprints/everything.yaml",
}


def emitted(name: str) -> FileTree:
    """The project that the emitter makes of a source now."""
    text = SOURCES[name].read_text(encoding="utf-8")
    return emit(load(text).application, text)


def kept(name: str) -> dict[str, bytes]:
    """The golden tree: path → content."""
    files = _files(GOLDEN / name)
    lines = files.pop(_FIXED_PARTS).decode().splitlines()
    origins = dict(line.split(" = ") for line in lines)
    return files | {path: (_FIXED / origin).read_bytes() for path, origin in origins.items()}


def _files(folder: Path) -> dict[str, bytes]:
    """Path below the folder → content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _is_left_over(path)
    }


def _is_left_over(path: Path) -> bool:
    """Caches of tools that somebody ran inside the tree."""
    caches = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    return not caches.isdisjoint(path.parts)


def differences(name: str) -> list[str]:
    """The paths that are new, gone or changed."""
    before, now = kept(name), emitted(name)
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def update(name: str) -> None:
    """Write a golden tree anew."""
    folder = GOLDEN / name
    tree = emitted(name)
    origins = _origins(tree)
    variable: dict[str, bytes | str] = {
        path: content for path, content in tree.items() if path not in origins
    }
    lines = [f"{path} = {origin}\n" for path, origin in sorted(origins.items())]
    shutil.rmtree(folder, ignore_errors=True)
    write(FileTree(variable | {_FIXED_PARTS: "".join(lines)}), folder)


def _origins(tree: FileTree) -> dict[str, str]:
    """Path in the project → the fixed part that it equals, for those that equal one."""
    alike: dict[bytes, list[str]] = {}
    for origin, content in _files(_FIXED).items():
        alike.setdefault(content, []).append(origin)
    return {
        path: max(alike[content], key=lambda origin: path.endswith(origin))
        for path, content in tree.items()
        if content in alike
    }


def main() -> int:
    """The command line; returns the exit code."""
    if "--update" in sys.argv:
        for name in SOURCES:
            update(name)
        return 0
    changed = {name: found for name in SOURCES if (found := differences(name))}
    for name, paths in changed.items():
        sys.stdout.write(f"{name}: {', '.join(paths)}\n")
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
