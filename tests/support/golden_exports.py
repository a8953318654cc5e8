"""What operators are given for some Blueprints, kept in `tests/golden_exports`.

`python tests/support/golden_exports.py --update` writes it anew after a change that is meant. Parts
that are the same for all are kept where they are made, and not here.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from local_engine.generator.blueprint import load_file  # noqa: E402
from local_engine.generator.blueprint.resolved import Application  # noqa: E402
from local_engine.generator.exporting import (  # noqa: E402
    compose_files,
    kubernetes_files,
    swarm_files,
)
from local_engine.runtime.docker.proxy import program  # noqa: E402

GOLDEN = ROOT / "tests/golden_exports"
SOURCES = {
    "todo": ROOT / "docs/examples/01-todo/blueprint.yaml",
    "project-tracker": ROOT / "docs/examples/12-project-tracker/blueprint.yaml",
}
FORMS = ("compose", "swarm", "kubernetes")
SAME_FOR_ALL = {"forward.py", "owner.sh"}


def application(name: str) -> Application:
    """The application of a source."""
    return load_file(SOURCES[name]).application


def exported(name: str, form: str) -> Mapping[str, bytes]:
    """What an export of a source is now."""
    made = application(name)
    match form:
        case "compose":
            return compose_files(made, program())
        case "swarm":
            return swarm_files(made, program())
        case _:
            return kubernetes_files(made)


def kept(name: str, form: str) -> dict[str, bytes]:
    """What is kept of it."""
    folder = GOLDEN / name / form
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def update() -> None:
    """Write all of it anew."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for name in SOURCES:
        for form in FORMS:
            folder = GOLDEN / name / form
            folder.mkdir(parents=True)
            for file, content in exported(name, form).items():
                if file not in SAME_FOR_ALL:
                    (folder / file).write_bytes(content)


if __name__ == "__main__" and "--update" in sys.argv:
    update()
