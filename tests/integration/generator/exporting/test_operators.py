"""The scripts and manifests of operators' exports, by the programs that they are for."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import golden_exports
import pytest
from operators import carry_out

Made = Callable[[str, str], Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Writes an export of a source into a folder."""

    def write(name: str, form: str) -> Path:
        folder = tmp_path / form
        folder.mkdir()
        for file, content in golden_exports.exported(name, form).items():
            (folder / file).write_bytes(content)
        return folder

    return write


def test_secrets_are_made_once_and_for_their_owner_alone(made: Made) -> None:
    folder = made("todo", "compose")
    carry_out("umask 000; sh make-secrets.sh", folder, os.environ, {})
    secrets = folder / "secrets"
    before = {file.name: file.read_text() for file in secrets.iterdir()}
    assert before.keys() == {
        "superuser_password",
        "database_password",
        "database_url",
        "secret_key",
    }
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert before["database_url"].startswith(f"postgresql://app:{before['database_password']}@")
    randoms = [text for name, text in before.items() if name != "database_url"]
    assert len(set(randoms)) == 3
    assert all(len(text) == 64 for text in randoms)
    (secrets / "secret_key").unlink()
    carry_out("sh make-secrets.sh", folder, os.environ, {})
    after = {file.name: file.read_text() for file in secrets.iterdir()}
    assert after.pop("secret_key") != before.pop("secret_key")
    assert after == before


@pytest.mark.parametrize("form", ["compose", "swarm", "kubernetes"])
def test_scripts_are_plain_shell(made: Made, form: str) -> None:
    folder = made("project-tracker", form)
    for script in folder.glob("*.sh"):
        carry_out(f"sh -n {script.name}", folder, os.environ, {})


def test_kubectl_builds_the_manifests_and_makes_the_secret(made: Made) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("there is no kubectl here")
    folder = made("project-tracker", "kubernetes")
    built = carry_out("kubectl kustomize .", folder, os.environ, {})
    assert built.count("namespace: project-tracker") >= 12
    assert "image: registry.example.com/project-tracker:1" in built
    assert "set-in-kustomization" not in built
    assert built.count("project-tracker.example.com") >= 2
    said = carry_out(
        "sh make-secrets.sh --from-file=smtp_url=README.md --dry-run=client -o yaml",
        folder,
        os.environ,
        {},
    )
    assert "kind: Secret" in said
    assert "smtp_url:" in said
    (line,) = (line for line in said.splitlines() if "secret_key:" in line)
    assert len(line.split()[1]) == 88  # 64 characters in base64
