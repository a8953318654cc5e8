"""Every operation: without a token, under another host, of what is not there, wrong, right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from api_operations import (
    NO_KEYS_NO_DOCKER,
    PROMPT,
    UNKNOWN,
    VALID,
    Known,
    Operation,
    all_operations,
)
from engine_process import EngineProcess, new_home, running_engine
from event_stream import follow
from repository_rules import ROOT

OPERATIONS = all_operations()
ABOUT_ONE = [one for one in OPERATIONS if one.about_a_project or one.about_a_job]
NOWHERE = {
    "project": UNKNOWN,
    "job": UNKNOWN,
    "name": "x",
    "table": "x",
    "version": "0" * 40,
    "snapshot": "0" * 16,
    "request_id": "x",
    "trashed": "notes-1700000000000000000",
    "change": "stop",
    "device": "00000000-0000-0000-0000-000000000000",
    "provider": "groq",
}
WRONG = {
    "project": "A'--",
    "job": "..%00",
    "name": "UPPER",
    "table": "A;B",
    "version": "x",
    "snapshot": "%2e%2e",
    "request_id": "%20",
    "trashed": "..%5Cnotes-1",
    "change": "explode",
    "device": "x",
    "provider": "acme",
}
PROBLEM = "application/problem+json"
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def own() -> Iterator[EngineProcess]:
    """An engine of this module: its operations change it."""
    with new_home() as home, running_engine(home, **NO_KEYS_NO_DOCKER) as running:
        yield running


@pytest.fixture(scope="module")
def known(own: EngineProcess) -> Known:
    """A project with code and a verification."""
    client = own.client
    created = client.post("/api/v1/projects", json={"prompt": PROMPT}).json()
    project = created["project"]["id"]
    ended(client, created["job"]["id"])
    verify = client.post(
        "/api/v1/jobs", json={"kind": "verify", "project": project, "groups": ["boot"]}
    ).json()["id"]
    assert ended(client, verify) == "succeeded"
    export = client.post(
        "/api/v1/jobs", json={"kind": "export", "project": project, "form": "schema"}
    ).json()["id"]
    assert ended(client, export) == "succeeded"
    plan = client.post("/api/v1/jobs", json={"kind": "plan", "prompt": PROMPT}).json()["id"]
    assert ended(client, plan) == "succeeded"
    path = f"/api/v1/projects/{project}"
    text = client.get(f"{path}/blueprint").json()
    return Known(
        project=project,
        plan=plan,
        verify=verify,
        export=export,
        digest=text["digest"],
        text=text["text"],
        version=client.get(f"{path}/versions").json()["versions"][0]["id"],
        document=client.get(f"{path}/blueprint/document").json()["document"],
        folder=created["project"]["folder"],
    )


def ended(client: httpx.Client, job: str) -> str:
    """The type of a job's last event."""
    return [event.type for event in follow(client, f"/api/v1/jobs/{job}/events")][-1]


def send(client: httpx.Client, operation: Operation, path: str, **options: Any) -> httpx.Response:
    """Send a request; of a stream, only the head of the answer is read."""
    if not operation.streams:
        return client.request(operation.method, path, **options)
    with client.stream(operation.method, path, **options) as answer:
        if answer.status_code != 200:
            answer.read()
        return answer


def some_path(operation: Operation, known: Known) -> str:
    wanted = VALID[operation.name]
    job = {"verify": known.verify, "export": known.export, "plan": known.plan}[wanted.job]
    return operation.path.format(
        project=known.project,
        job=job,
        name=wanted.name,
        table="todos",
        version=known.version,
        snapshot="0" * 16,
        request_id="abc",
        trashed=NOWHERE["trashed"],
        change=NOWHERE["change"],
        device=NOWHERE["device"],
        provider=NOWHERE["provider"],
    )


def test_the_table_is_complete() -> None:
    assert set(VALID) == {operation.name for operation in OPERATIONS}


@every_operation
def test_without_a_token(own: EngineProcess, operation: Operation) -> None:
    path = operation.path.format(**NOWHERE)
    with own.new_client(None) as stranger:
        answer = send(stranger, operation, path)
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)


@every_operation
def test_under_another_host(own: EngineProcess, operation: Operation) -> None:
    path = operation.path.format(**NOWHERE)
    answer = send(own.client, operation, path, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (421, PROBLEM)


@pytest.mark.parametrize("operation", ABOUT_ONE, ids=lambda one: one.name)
def test_of_what_is_not_there(own: EngineProcess, known: Known, operation: Operation) -> None:
    wanted = VALID[operation.name]
    path = operation.path.format(**NOWHERE)
    body = wanted.json(known) if wanted.json else None
    answer = send(own.client, operation, path, json=body, params=wanted.params)
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["code"].startswith("no-such-") or answer.json()["code"] == "no-such-report"


@every_operation
def test_with_a_wrong_id_or_body(own: EngineProcess, known: Known, operation: Operation) -> None:
    if "{" in operation.path:
        path = operation.path.format(**WRONG)
        answer = send(own.client, operation, path)
        assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    if operation.has_json:
        path = some_path(operation, known)
        wrong: list[Any] = [[], 7, {"unknown": 1}]
        for body in wrong:
            answer = send(own.client, operation, path, json=body)
            assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM), body
            assert answer.json()["errors"]


@every_operation
def test_valid(own: EngineProcess, known: Known, operation: Operation) -> None:
    wanted = VALID[operation.name]
    body = wanted.json(known) if wanted.json else None
    if operation.name == "removeSecret":
        own.client.put("/api/v1/secrets/some-key", json={"value": "x"})
    path = some_path(operation, known)
    answer = send(own.client, operation, path, json=body, params=wanted.params)
    assert answer.status_code == wanted.status, answer.text
    if not operation.streams and answer.content:
        _check_form(own, operation, answer)
    if operation.name == "lockSecrets":  # the operations after it need them
        again = VALID["unlockSecrets"].json
        assert again is not None
        own.client.post("/api/v1/secrets/unlock", json=again(known)).raise_for_status()
    if answer.status_code == 202:  # the operations after it would find the project busy
        ended(own.client, answer.json()["id"])


def _check_form(own: EngineProcess, operation: Operation, answer: httpx.Response) -> None:
    """The answer has the form that the document promises."""
    document = own.client.get("/api/v1/openapi.json").json()
    promised = document["paths"][operation.path][operation.method.lower()]["responses"]
    content = promised[str(answer.status_code)]["content"]
    kind = answer.headers["content-type"].partition(";")[0]
    if kind == "application/json" or kind == PROBLEM:
        schema = content[kind]["schema"] | {"components": document["components"]}
        jsonschema_rs.validate(schema, answer.json())
    else:
        assert kind in content


def test_the_engine_serves_the_document_of_the_repository(own: EngineProcess) -> None:
    served = own.client.get("/api/v1/openapi.json").text
    kept = (ROOT / "docs" / "openapi.json").read_text("utf-8")
    assert httpx.Response(200, text=served).json() == httpx.Response(200, text=kept).json()
