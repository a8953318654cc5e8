"""Requests that Schemathesis makes up from the OpenAPI document: none may end in a 5xx.

Streams are left out (they have no end to wait for); their inputs are those of the operations beside
them. The same requests are made in every run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from api_operations import NO_KEYS_NO_DOCKER, PROMPT, all_operations
from engine_process import TOKEN, EngineProcess, new_home, running_engine
from event_stream import follow
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from repository_rules import ROOT
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

Operation = APIOperation[Any, Any, Any, Any]

STANDARD, FULL = 12, 250
AWAY = "cloud-unreachable"
"""How the account's operations end here (503): there is no cloud for them."""
COSTLY = {"examineMachine": 2, "unlockSecrets": 4}
OPERATIONS = [one.name for one in all_operations() if not one.streams]


@pytest.fixture(scope="module")
def own() -> Iterator[EngineProcess]:
    with new_home() as home, running_engine(home, **NO_KEYS_NO_DOCKER) as running:
        yield running


@pytest.fixture(scope="module")
def known(own: EngineProcess) -> dict[str, str]:
    """Ids of things that are there: half of the requests are about them."""
    created = own.client.post("/api/v1/projects", json={"prompt": PROMPT}).json()
    job = created["job"]["id"]
    assert [event.type for event in follow(own.client, f"/api/v1/jobs/{job}/events")]
    path = f"/api/v1/projects/{created['project']['id']}/versions"
    return {
        "project": created["project"]["id"],
        "job": job,
        "name": "key",
        "table": "todos",
        "version": own.client.get(path).json()["versions"][0]["id"],
        "request_id": "abc",
        "snapshot": "0" * 16,
        "trashed": "notes-1700000000000000000",
        "change": "stop",
        "device": "01a22290-8cc9-79dd-8152-a2a9638d8214",
        "provider": "gemini",
    }


@pytest.fixture(scope="module")
def operations() -> dict[str, Operation]:
    """Schemathesis's view of every operation, by its name."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    schema = schemathesis.openapi.from_dict(document)
    results = list(schema.get_all_operations())
    found = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(found) == len(results)
    return {str(one.definition.raw["operationId"]): one for one in found}


def ask(
    own: EngineProcess,
    known: dict[str, str],
    operation: Operation,
    examples: int,
) -> None:
    """Send so many requests; each must be answered, and not with a mistake of the engine's."""

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), of_what_is_there=st.booleans())
    def send(case: schemathesis.Case[Any], of_what_is_there: bool) -> None:
        if of_what_is_there and case.path_parameters:
            case.path_parameters.update({k: known[k] for k in case.path_parameters})
        _keep_in_bounds(case.body)
        answer = case.call(base_url=own.url, headers={"Authorization": f"Bearer {TOKEN}"})
        away = answer.status_code == 503 and answer.json()["code"] == AWAY
        assert answer.status_code < 500 or away, (case.as_curl_command(), answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"], answer.text

    send()


def _keep_in_bounds(body: Any) -> None:
    """New projects stay in the test's folder, wherever a made-up setting would put them."""
    if isinstance(body, dict):
        body.pop("projects_folder", None)


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_breaks_the_engine(
    own: EngineProcess,
    known: dict[str, str],
    operations: dict[str, Operation],
    name: str,
) -> None:
    ask(own, known, operations[name], min(STANDARD, COSTLY.get(name, STANDARD)))


@pytest.mark.full
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_of_many_breaks_the_engine(
    own: EngineProcess,
    known: dict[str, str],
    operations: dict[str, Operation],
    name: str,
) -> None:
    ask(own, known, operations[name], FULL if name not in COSTLY else 5)
