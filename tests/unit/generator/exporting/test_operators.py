"""What operators are given: kept byte for byte, valid for whom it is meant, without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import golden_exports
import kubernetes_validate
import pytest
from golden_exports import FORMS, SAME_FOR_ALL, SOURCES, exported
from jsonschema import Draft202012Validator
from repository_rules import ROOT
from ruamel.yaml import YAML

EACH = [(name, form) for name in SOURCES for form in FORMS]
OLDEST, NEWEST = "1.27", "1.37"
CLUSTER = json.loads(
    (ROOT / "tests/support/kubernetes/cloudnative-pg-cluster.schema.json").read_text()
)
WITHOUT_SCHEMA = {"Cluster", "Kustomization"}


def documents(name: str, form: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The YAML documents of an export by the names of their files."""
    for file, content in exported(name, form).items():
        if file.endswith(".yaml"):
            reader = YAML(typ="safe", pure=True)
            reader.version = (1, 1)
            yield from ((file, one) for one in reader.load_all(content.decode()))


def manifests(name: str) -> list[dict[str, Any]]:
    return [one for _, one in documents(name, "kubernetes") if one["kind"] != "Kustomization"]


@pytest.mark.parametrize(("name", "form"), EACH)
def test_an_export_is_what_is_kept(name: str, form: str) -> None:
    now = {file: text for file, text in exported(name, form).items() if file not in SAME_FOR_ALL}
    assert now == golden_exports.kept(name, form), (
        "if that is meant: python tests/support/golden_exports.py --update"
    )


@pytest.mark.parametrize(("name", "form"), EACH)
def test_nothing_is_left_open_and_no_secret_is_in_it(name: str, form: str) -> None:
    for file, content in exported(name, form).items():
        text = content.decode()
        assert "{{" not in text, file
        assert not re.search(r"^#(worker|mail)", text, re.MULTILINE), file
        assert not re.search(r"[0-9a-f]{32}|[A-Za-z0-9+/]{40}", text), file
        assert not re.search(r"postgres(ql)?://\w+:(?!%s@)", text), file


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("name", SOURCES)
def test_manifests_are_valid_for_kubernetes(name: str, version: str) -> None:
    kinds = set()
    for manifest in manifests(name):
        kinds.add(manifest["kind"])
        if manifest["kind"] not in WITHOUT_SCHEMA:
            kubernetes_validate.validate(manifest, version, strict=True)
    assert kinds >= {
        "Deployment",
        "Service",
        "Ingress",
        "HorizontalPodAutoscaler",
        "Job",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Cluster",
    }


def test_a_wrong_manifest_is_refused() -> None:
    (deployment,) = (one for one in manifests("todo") if one["kind"] == "Deployment")
    deployment["spec"]["replica"] = 3
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, NEWEST, strict=True)


def test_the_database_is_a_cluster_as_its_operator_takes_it() -> None:
    (cluster,) = (one for one in manifests("todo") if one["kind"] == "Cluster")
    validator = Draft202012Validator(CLUSTER)
    validator.validate(cluster)
    cluster["spec"]["instances"] = 0
    cluster["spec"]["storage"] = {"siz": "1Gi"}
    assert len(list(validator.iter_errors(cluster))) == 3


@pytest.mark.parametrize("name", SOURCES)
def test_all_manifests_are_listed_and_what_they_name_is_there(name: str) -> None:
    found = list(documents(name, "kubernetes"))
    (kustomization,) = (one for _, one in found if one["kind"] == "Kustomization")
    files = {file for file, one in found if one["kind"] != "Kustomization"}
    assert set(kustomization["resources"]) == files
    names = {(one["kind"], one["metadata"]["name"]) for one in manifests(name)}
    for one in manifests(name):
        spec = one.get("spec", {})
        if one["kind"] == "HorizontalPodAutoscaler":
            assert ("Deployment", spec["scaleTargetRef"]["name"]) in names
        if one["kind"] == "Ingress":
            for path in spec["rules"][0]["http"]["paths"]:
                assert ("Service", path["backend"]["service"]["name"]) in names
        for container in spec.get("template", {}).get("spec", {}).get("containers", ()):
            (source,) = container["envFrom"]
            assert ("ConfigMap", source["configMapRef"]["name"]) in names


@pytest.mark.parametrize("name", SOURCES)
def test_every_pod_is_without_rights(name: str) -> None:
    specs = [one.get("spec", {}) for one in manifests(name)]
    pods = [spec["template"]["spec"] for spec in specs if "template" in spec]
    assert len(pods) == (3 if name == "project-tracker" else 2)
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            allowed = container["securityContext"]
            assert allowed["readOnlyRootFilesystem"] is True
            assert allowed["allowPrivilegeEscalation"] is False
            assert allowed["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("form", ["compose", "swarm"])
@pytest.mark.parametrize("name", SOURCES)
def test_every_service_is_without_rights(name: str, form: str) -> None:
    ((_, stack),) = documents(name, form)
    services = stack["services"]
    assert services.keys() == {"database", "migrate", "api", "proxy"} | (
        {"worker"} if name == "project-tracker" else set()
    )
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["user"] in ("10001:10001", "999:999")
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["proxy"]
    ways_out = [name for name, service in services.items() if "egress" in service["networks"]]
    assert ways_out == (["worker"] if name == "project-tracker" else [])
    assert stack["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", SOURCES)
def test_no_variable_is_cut_where_old_versions_cut(name: str) -> None:
    """Docker 20.10 takes `${A:?b-c}` for A:?b with the default c."""
    for text in (exported(name, "swarm")["stack.yaml"], exported(name, "compose")["compose.yaml"]):
        required = re.findall(r"\$\{(\w+:\?[^}]*)\}", text.decode())
        assert required
        assert [one for one in required if "-" in one] == []
