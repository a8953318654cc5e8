"""The deploy files of the cloud: right by their schemas, and true to what the service has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
from deploy_files import BY_SCHEMA, FOLDER, deploy_file, kubernetes_objects, program, schema
from packaging.requirements import Requirement
from repository_rules import ROOT

from cloud_api.config.settings import Settings

KUBERNETES = "1.34"
OURS = re.compile(r"\b(?:PLATFORM|CORS|FORWARDED|SMTP|MAIL|GOOGLE|GROQ|OTEL)_[A-Z_]*[A-Z]\b")


@pytest.mark.parametrize("name", BY_SCHEMA)
def test_a_providers_file_is_right(name: str) -> None:
    jsonschema.validate(deploy_file(BY_SCHEMA[name]), schema(name))


@pytest.mark.parametrize("name", BY_SCHEMA)
def test_a_schema_notices_what_is_misspelt(name: str) -> None:
    wrong = deploy_file(BY_SCHEMA[name]) | {"servces": {}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema(name))
    assert "https://" in schema(name)["$comment"]


FIXED_BY_COMPOSE = {
    "PLATFORM_ENVIRONMENT",
    "PLATFORM_DATABASE_DIRECT_URL",
    "PLATFORM_HOST",
    "PORT",
    "PLATFORM_WORKER_IN_PROCESS",
    "MAIL_FOLDER",
    # The container's own times and limits fit these.
    "PLATFORM_DB_POOL_MIN",
    "PLATFORM_DB_WAIT_SECONDS",
    "PLATFORM_DB_STATEMENT_SECONDS",
    "PLATFORM_ACCESS_TOKEN_SECONDS",
    "PLATFORM_ANSWER_SECONDS",
    "PLATFORM_HEARTBEAT_SECONDS",
    "PLATFORM_DRAIN_SECONDS",
    "PLATFORM_SHUTDOWN_SECONDS",
    "OTEL_TRACES_EXPORTER",
    "OTEL_SDK_DISABLED",
}


def test_compose_passes_on_what_can_be_set() -> None:
    """One that is forgotten would be in `.env`, and do nothing."""
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    missing = {
        name.upper()
        for name in Settings.model_fields
        if not re.search(rf"^    {name.upper()}: ", text, re.MULTILINE)
    }
    assert missing == FIXED_BY_COMPOSE


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    kubectl = program("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl: its Kustomize is what puts the Kubernetes files together")
    return kubernetes_objects(kubectl)


def test_what_kubernetes_is_given_is_right(objects: list[dict[str, Any]]) -> None:
    assert sorted({one["kind"] for one in objects}) == [
        "ConfigMap",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Namespace",
        "PodDisruptionBudget",
        "Service",
    ]
    for one in objects:
        kubernetes_validate.validate(one, KUBERNETES, strict=True)
    misspelt = next(one for one in objects if one["kind"] == "Deployment")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**misspelt, "spec": {**misspelt["spec"], "replica": 2}}, KUBERNETES, strict=True
        )


def test_behind_the_pooler_workers_have_the_databases_own_address(
    objects: list[dict[str, Any]],
) -> None:
    worker = next(
        o for o in objects if (o["kind"], o["metadata"]["name"]) == ("Deployment", "worker")
    )
    (container,) = worker["spec"]["template"]["spec"]["containers"]
    (own,) = [one for one in container["env"] if one["name"] == "PLATFORM_DATABASE_URL"]
    assert own["valueFrom"]["secretKeyRef"]["key"] == "PLATFORM_DATABASE_DIRECT_URL"


def texts() -> Iterator[tuple[str, str]]:
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix != ".lock":
            yield str(path.relative_to(FOLDER)), path.read_text("utf-8")


def test_every_variable_is_one_that_the_service_has() -> None:
    known = {name.upper() for name in Settings.model_fields}
    known |= {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME"}  # OpenTelemetry reads them itself
    found = {(name, word) for name, text in texts() for word in OURS.findall(text)}
    assert len(found) > 30
    assert {one for one in found if one[1] not in known} == set()


def test_paths_are_of_this_repository() -> None:
    for name, text in texts():
        for path in re.findall(r"packaging/cloud/[\w./-]*\w", text):
            if not path.endswith("/.env"):
                assert (ROOT / path).exists(), f"{name}: {path}"


def test_balancers_ask_whether_it_is_ready() -> None:
    for name in (
        "railway.json",
        "render.yaml",
        "digitalocean.yaml",
        "Dockerfile",
        "aws/balancer.tf",
    ):
        assert "/ready" in (FOLDER / name).read_text("utf-8"), name


def test_the_image_takes_what_the_lock_says() -> None:
    """Each package of the image is a dependency of the project, at the tested version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["cloud"]]
    declared = {Requirement(line).name for line in lines}
    wanted = (FOLDER / "requirements.in").read_text("utf-8").splitlines()
    names = {Requirement(line).name for line in wanted if not line.startswith("#")}
    assert names - declared == set()
    pins = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
    tested = dict(pins.findall((ROOT / "requirements-dev.lock").read_text("utf-8")))
    image = dict(pins.findall((FOLDER / "requirements.lock").read_text("utf-8")))
    assert {name: version for name, version in image.items() if tested[name] != version} == {}
