"""A deployment on the real engine: where it answers, whom it belongs to, where its secrets are."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from docker_engine import MAIL_PASSWORD, Deployed, docker, inside
from projects import all_contents

from local_engine.runtime.docker import managing
from local_engine.runtime.docker.deploying import Wish, deploy
from local_engine.runtime.docker.errors import DeploymentError, NotDeployed
from local_engine.runtime.docker.labels import (
    DEPLOY,
    INSTALLATION,
    PART,
    PROJECT,
    RUNNING_PARTS,
    Part,
)
from local_engine.runtime.docker.place import DeploymentPlace, project_key
from local_engine.runtime.docker.volumes import volumes
from local_engine.runtime.docker.watching.sql import psql

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker


def test_it_answers_and_is_found(deployed: Deployed) -> None:
    assert httpx.get(f"{deployed.url}/ready").json() == {"status": "ready"}
    (found,) = managing.list_deployments()
    assert found == deployed.deployment
    assert found.status == "running"
    assert found.folder == str(deployed.project.resolve())


def test_every_part_bears_the_labels(engine: APIClient, deployed: Deployed) -> None:
    project = project_key(deployed.project)
    for part in RUNNING_PARTS:
        labels = engine.inspect_container(deployed.container(part))["Config"]["Labels"]
        assert labels[PROJECT] == project
        assert labels[PART] == part
        assert labels[INSTALLATION] == deployed.deployment.installation
        assert labels[DEPLOY]


def test_only_the_proxy_publishes_and_on_this_machine_only(
    engine: APIClient, deployed: Deployed
) -> None:
    published = {
        part: engine.inspect_container(deployed.container(part))["HostConfig"]["PortBindings"]
        for part in RUNNING_PARTS
    }
    assert not published[Part.DATABASE]
    assert not published[Part.SERVICE]
    port = str(deployed.deployment.port)
    assert published[Part.PROXY] == {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": port}]}


def test_secrets_are_nowhere_but_in_their_files(engine: APIClient, deployed: Deployed) -> None:
    place = DeploymentPlace.of(project_key(deployed.project))
    secrets = (
        place.superuser_password,
        place.database_password,
        place.secret_key,
        MAIL_PASSWORD,
    )
    image = engine.inspect_container(deployed.container(Part.SERVICE))["Image"]
    shown = docker("image", "inspect", image) + docker("history", "--no-trunc", image)
    for part in RUNNING_PARTS:
        identity = deployed.container(part)
        shown += json.dumps(engine.inspect_container(identity)) + docker("logs", identity)
        shown += docker("top", identity)
    for volume in volumes(engine, deployed.deployment.installation):
        shown += json.dumps(volume)
    assert not [secret for secret in secrets if secret in shown]
    for path in place.path.iterdir():
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.full
def test_secrets_are_in_no_layer_and_not_in_the_history(
    engine: APIClient, deployed: Deployed
) -> None:
    place = DeploymentPlace.of(project_key(deployed.project))
    secrets = (place.database_password, place.secret_key, MAIL_PASSWORD)
    image = engine.inspect_container(deployed.container(Part.SERVICE))["Image"]
    saved = b"".join(engine.get_image(image))
    layers = tarfile.open(fileobj=io.BytesIO(saved))  # noqa: SIM115 - nothing is open
    contents = b"".join(_uncompressed(layers, entry) for entry in layers if entry.isfile())
    assert b"python" in contents
    assert not [secret for secret in secrets if secret.encode() in contents]
    committed = b"".join(all_contents(deployed.project))
    assert not [secret for secret in secrets if secret.encode() in committed]


def _uncompressed(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(entry)
    content = b"" if file is None else file.read()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def test_the_projects_own_settings_reach_the_service(deployed: Deployed) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    answer = httpx.options(f"{deployed.url}/health", headers=asked)
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_the_service_is_no_superuser_of_its_database(engine: APIClient, deployed: Deployed) -> None:
    sql = "SELECT 'may', rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    code, said, _ = psql(engine, deployed.deployment, f"COPY ({sql}) TO STDOUT")
    assert (code, said) == (0, "may\tf\n")


def test_each_user_reads_its_own_secrets_only(engine: APIClient, deployed: Deployed) -> None:
    place = DeploymentPlace.of(project_key(deployed.project))
    readable = {
        (part, name): inside(engine, deployed.container(part), "cat", f"/run/secrets/{name}")
        for part in (Part.DATABASE, Part.SERVICE)
        for name in ("database_password", "database_url", "secret_key", "smtp_url")
    }
    assert readable[Part.DATABASE, "database_password"] == (0, place.database_password)
    assert readable[Part.SERVICE, "secret_key"] == (0, place.secret_key)
    assert readable[Part.SERVICE, "database_url"][0] == 0
    refused = {key for key, (code, _) in readable.items() if code}
    assert refused == {
        (Part.DATABASE, "database_url"),
        (Part.DATABASE, "secret_key"),
        (Part.DATABASE, "smtp_url"),
        (Part.SERVICE, "database_password"),
    }


def test_a_copy_of_its_folder_is_not_the_project(
    engine: APIClient, deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(deployed.project, tmp_path / "copy")
    assert project_key(copy) == deployed.deployment.project
    with pytest.raises(DeploymentError, match=f"copy of {deployed.project}, which is"):
        managing.find_deployment(engine, copy)
    with pytest.raises(
        DeploymentError, match=f"is a copy of {deployed.project}, which is deployed"
    ):
        deploy(Wish(copy))
    assert managing.find_deployment(engine, deployed.project) == deployed.deployment
    assert managing.find_deployment(engine, "todo") == deployed.deployment
    monkeypatch.chdir(tmp_path)
    Path("todo").mkdir()
    assert managing.find_deployment(engine, "todo") == deployed.deployment
    Path("todo", "blueprint.yaml").touch()  # another project's folder, not a name
    with pytest.raises(NotDeployed, match="todo is not deployed"):
        managing.find_deployment(engine, "todo")
    away = deployed.project.rename(tmp_path / "away")
    try:
        assert managing.find_deployment(engine, copy) == deployed.deployment
    finally:
        away.rename(deployed.project)


def test_deploying_the_same_again_replaces_nothing(deployed: Deployed) -> None:
    again = deploy(Wish(deployed.project))
    assert again == deployed.deployment


def test_stopping_keeps_the_data_and_the_address(deployed: Deployed) -> None:
    account = {"email": "ann@example.com", "password": "a long enough password"}
    login = {"username": account["email"], "password": account["password"]}
    with httpx.Client(base_url=deployed.url) as client:
        assert client.post("/auth/register", json=account).status_code == 201
    stopped = managing.stop(deployed.project)
    assert stopped.name == "todo"
    assert managing.running_deployments() == []
    (found,) = managing.list_deployments()
    assert found.status == "stopped"
    assert found.url == deployed.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{deployed.url}/ready")
    started = managing.start(deployed.project)
    assert started.url == deployed.url
    with httpx.Client(base_url=deployed.url) as client:
        assert client.post("/auth/login", data=login).status_code == 200
