"""The deploy files of the cloud, as data."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from repository_rules import ROOT
from ruamel.yaml import YAML

FOLDER = ROOT / "packaging" / "cloud"
SCHEMAS = Path(__file__).with_name("deploy_schemas")

BY_SCHEMA = {
    "compose": "compose.yaml",
    "digitalocean": "digitalocean.yaml",
    "railway": "railway.json",
    "render": "render.yaml",
}
"""The files that have a schema of ours, by its name."""


def schema(name: str) -> dict[str, Any]:
    """A schema of a provider's file; its `$comment` names the source."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    return found


def deploy_file(name: str) -> dict[str, Any]:
    """A YAML or JSON file below `packaging/cloud`."""
    found: dict[str, Any] = YAML(typ="safe").load((FOLDER / name).read_text("utf-8"))
    return found


def kubernetes_objects(kubectl: str) -> list[dict[str, Any]]:
    """What Kustomize makes of the folder, as `kubectl apply` would send it."""
    done = subprocess.run(
        [kubectl, "kustomize", str(FOLDER / "kubernetes")],
        capture_output=True,
        text=True,
        check=True,
    )
    return list(YAML(typ="safe").load_all(done.stdout))


def program(name: str) -> str | None:
    """Where a program is, if it is there."""
    return shutil.which(name)
