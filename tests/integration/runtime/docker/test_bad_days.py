"""What goes wrong on a user's engine, and that the words say it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from docker_engine import Deployed
from generated_project import make_project

from local_engine.jobs.kinds.deploy import deployment_data
from local_engine.runtime.docker import managing, specs
from local_engine.runtime.docker.containers import ContainerSpec
from local_engine.runtime.docker.deploying import Wish, deploy
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.volumes import volumes
from local_engine.runtime.docker.watching.sql import psql

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("broken") / "todo")


@pytest.fixture
def project(copy_of: Path, left: Callable[[], list[str]]) -> Iterator[Path]:
    """A project to be broken; its files are as they were afterwards."""
    before = {path: path.read_bytes() for path in copy_of.rglob("*") if path.is_file()}
    yield copy_of
    for path, content in before.items():
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
    assert left() == []


def found(one: Deployed) -> Deployment:
    """The deployment as it is now."""
    (same,) = (each for each in managing.list_deployments() if each.name == one.deployment.name)
    return same


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_a_build_that_fails_shows_its_step_and_last_lines(project: Path) -> None:
    append(project / "Dockerfile", "USER root\nRUN echo last words && false\n")
    with pytest.raises(DeploymentError) as caught:
        deploy(Wish(project))
    assert "could not be built: Step" in caught.value.what
    assert "RUN echo last words" in caught.value.what
    assert "  last words" in caught.value.advice


@pytest.mark.full
def test_packages_of_extension_points_are_installed_or_it_says_that_a_network_is_needed(
    project: Path,
) -> None:
    own = project / "extensions" / "requirements.txt"
    own.parent.mkdir()
    append(project / "app" / "main.py", "\nimport six  # noqa\n")
    nowhere = "--index-url http://127.0.0.1:9/simple\n"
    own.write_text(f"{nowhere}six==1.17.0\n")
    with pytest.raises(DeploymentError, match="This step fetches something and reached no network"):
        deploy(Wish(project))
    own.write_text("six==1.17.0\n")
    deploy(Wish(project))
    managing.remove(project, data=True)


def test_a_service_that_crashes_shows_its_log(project: Path) -> None:
    append(project / "app" / "main.py", "\nraise RuntimeError('no such thing')\n")
    with pytest.raises(DeploymentError) as caught:
        deploy(Wish(project))
    assert "The service ends instead of starting" in caught.value.what
    assert "RuntimeError: no such thing" in caught.value.advice


def test_a_migration_that_fails_shows_what_it_said(project: Path) -> None:
    migration = next((project / "migrations").glob("0002*.up.sql"))
    append(migration, "\nSELECT 1 / 0;\n")
    with pytest.raises(DeploymentError) as caught:
        deploy(Wish(project))
    assert "`python -m app migrate` ended with exit code 1" in caught.value.what
    assert "division by zero" in caught.value.advice


def test_a_failed_deploy_names_the_data_from_before_its_migrations(
    engine: APIClient, damaged: Deployed
) -> None:
    before = found(damaged)
    psql(engine, before, "INSERT INTO users (email, password_hash) VALUES ('a@b.c', 'x')")
    folder = damaged.project / "migrations"
    migration = folder / f"{len(list(folder.glob('*.up.sql'))) + 1:04d}_drop.up.sql"
    migration.write_text("DROP TABLE users CASCADE;\n")
    main = damaged.project / "app" / "main.py"
    text = main.read_text()
    append(main, "\nraise RuntimeError('no such thing')\n")
    try:
        with pytest.raises(
            DeploymentError, match="as it was before them is the snapshot"
        ) as failed:
            deploy(Wish(damaged.project))
        assert psql(engine, before, "SELECT FROM users")[0] != 0
    finally:
        main.write_text(text)
        migration.unlink()
    with deployment_data().at_rest(damaged.project) as held:
        snapshot = held.files.find(failed.value.advice.split()[-1].rstrip("."))
        assert snapshot is not None
        held.restore(snapshot)
    assert psql(engine, before, "COPY (SELECT email FROM users) TO STDOUT")[1] == "a@b.c\n"
    assert httpx.get(f"{found(damaged).url}/ready").status_code == 200


def test_a_port_that_is_taken_is_explained(project: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DeploymentError, match=f"Port {port} is in use by another program"):
            deploy(Wish(project, port=port))


def test_settings_that_change_replace_the_service_alone(
    engine: APIClient, damaged: Deployed
) -> None:
    before = found(damaged)
    path = damaged.project / ".env"
    text = path.read_text()
    path.write_text(text + "LOG_LEVEL=DEBUG\n")
    try:
        after = deploy(Wish(damaged.project))
    finally:
        path.write_text(text)
    changed = {part for part in after.parts if after.parts[part].id != before.parts[part].id}
    assert changed == {Part.SERVICE}
    project = after.project
    assert len(volumes(engine, after.installation, project, Part.SETTINGS)) == 1
    path.write_text("LOG_LEVEL=NOISY\n")
    try:
        with pytest.raises(DeploymentError) as caught:
            deploy(Wish(damaged.project))
    finally:
        path.write_text(text)
    assert "LOG_LEVEL" in caught.value.advice
    assert found(damaged).parts == after.parts
    assert len(volumes(engine, after.installation, project, Part.SETTINGS)) == 1


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="is not a generated project"):
        deploy(Wish(tmp_path))


def test_the_engine_is_away(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(DeploymentError, match=r"there is no /nowhere/docker\.sock"):
        deploy(Wish(project))
    assert managing.running_deployments() == []


@pytest.mark.parametrize(
    "part",
    [
        Part.SERVICE,
        pytest.param(Part.PROXY, marks=pytest.mark.full),
        pytest.param(Part.DATABASE, marks=pytest.mark.full),
    ],
)
def test_a_container_that_was_removed_by_hand_is_made_again(
    engine: APIClient, damaged: Deployed, part: Part
) -> None:
    before = found(damaged)
    engine.remove_container(before.parts[part].id, force=True)
    assert found(damaged).status == "partly"
    after = deploy(Wish(damaged.project))
    assert after.status == "running"
    assert after.url == damaged.url
    assert httpx.get(f"{after.url}/ready").status_code == 200


@pytest.mark.full
def test_an_image_that_was_removed_by_hand_is_built_again(
    engine: APIClient, damaged: Deployed
) -> None:
    before = found(damaged)
    managing.stop(damaged.project)
    for part in (Part.SERVICE, Part.MIGRATE):
        if part in before.parts:
            engine.remove_container(before.parts[part].id)
    engine.remove_image(before.parts[Part.SERVICE].image, force=True)
    after = deploy(Wish(damaged.project))
    assert after.status == "running"
    assert after.url == damaged.url


def test_a_proxy_that_is_replaced_leaves_its_port_to_the_new_one(
    damaged: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = found(damaged)
    made = specs.proxy

    def another(around: specs.Surrounding, image: str, port: int) -> ContainerSpec:
        return replace(made(around, image, port), stop_seconds=3)

    monkeypatch.setattr(specs, "proxy", another)
    after = deploy(Wish(damaged.project, port=before.port))
    assert after.parts[Part.PROXY].id != before.parts[Part.PROXY].id
    assert after.port == before.port
    assert httpx.get(f"{after.url}/ready").status_code == 200


def test_the_port_of_last_time_is_taken_meanwhile(damaged: Deployed) -> None:
    managing.stop(damaged.project)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", damaged.deployment.port or 0))
        other.listen()
        said: list[str] = []
        after = deploy(Wish(damaged.project), lambda event: said.append(str(event)))
        assert after.port != damaged.deployment.port
        assert any("is in use now" in line for line in said)
    assert httpx.get(f"{after.url}/ready").status_code == 200
