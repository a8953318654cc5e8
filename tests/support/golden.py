"""Whole emitted projects, kept as golden trees in `tests/golden`.

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
    folder = GOLDEN / name
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
    shutil.rmtree(folder, ignore_errors=True)
    write(tree, folder)


def main() -> int:
    """The command line; returns the exit code."""
    changed = {name: found for name in SOURCES if (found := differences(name))}
    for name, paths in changed.items():
        sys.stdout.write(f"{name}: {', '.join(paths)}\n")
        if "--update" in sys.argv:
            update(name)
    return 0 if "--update" in sys.argv or not changed else 1


if __name__ == "__main__":
    raise SystemExit(main())
