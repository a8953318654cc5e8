"""TypeScript's compiler for tests: installed once, by npm, into a folder of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "typescript"
COMPILER = FOLDER / "node_modules/typescript/bin/tsc"


def require_typescript() -> str:
    """The path of node, with the compiler in place; skips the test, saying why, without them."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed, so TypeScript cannot be compiled")
    if not COMPILER.is_file():
        done = subprocess.run(
            [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            pytest.skip(f"npm cannot install TypeScript here: {done.stderr.strip()[-300:]}")
    return node


def compile_typescript(folder: Path, *arguments: str) -> None:
    """Compiles a folder by its tsconfig.json; fails the test with the compiler's words."""
    node = require_typescript()
    done = subprocess.run(
        [node, COMPILER, "-p", ".", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
