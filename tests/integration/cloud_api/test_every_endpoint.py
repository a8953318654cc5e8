"""Every operation: by nobody, of somebody else's, of what is not there, wrong, right."""

from __future__ import annotations

from typing import Any

import httpx
import jsonschema_rs
import pytest
from cloud_operations import (
    NOBODY,
    VALID,
    Known,
    Operation,
    all_operations,
    document,
    ids_of,
    new_generation,
)
from cloud_service import CloudService, Person

OPERATIONS = all_operations()
PROBLEM = "application/problem+json"
ROWS = {"device", "project", "share", "generation"}
"""Path parameters that are ids of rows."""
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
about_a_row = pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if set(one.parameters) & ROWS],
    ids=lambda one: one.name,
)


@pytest.fixture(scope="module")
def owner(cloud: CloudService) -> Known:
    """Somebody with one of everything, for requests that must change nothing."""
    person = cloud.new_person("owner")
    return Known(cloud, person, ids_of(person) | {"generation": new_generation(person)})


@pytest.fixture(scope="module")
def stranger(cloud: CloudService) -> Person:
    """Somebody who has nothing to do with the owner."""
    return cloud.new_person("stranger")


def ask(client: httpx.Client, operation: Operation, path: str, **options: Any) -> httpx.Response:
    return client.request(operation.method, path, **options)


def right_body(operation: Operation, known: Known) -> dict[str, Any]:
    valid = operation.valid
    if valid.json is not None:
        return {"json": valid.json(known)}
    return {"data": valid.data(known)} if valid.data is not None else {}


def refused(answer: httpx.Response, status: int) -> None:
    """The answer is a problem that tells nothing of the row."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_the_table_is_complete() -> None:
    assert set(VALID) == {operation.name for operation in OPERATIONS}


@every_operation
def test_by_nobody(cloud: CloudService, owner: Known, operation: Operation) -> None:
    if operation.valid.public:
        return
    answer = ask(cloud.client, operation, operation.path.format(**owner.ids))
    refused(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


@about_a_row
def test_of_somebody_else(owner: Known, stranger: Person, operation: Operation) -> None:
    """What is not one's own is answered as what is not there."""
    body = right_body(operation, owner)
    foreign = ask(stranger.client, operation, operation.path.format(**owner.ids), **body)
    nowhere = owner.ids | dict.fromkeys(ROWS, NOBODY)
    missing = ask(stranger.client, operation, operation.path.format(**nowhere), **body)
    refused(foreign, 404)
    refused(missing, 404)
    assert foreign.json() | {"request_id": 0} == missing.json() | {"request_id": 0}


@about_a_row
def test_with_an_id_that_is_none(owner: Known, operation: Operation) -> None:
    path = operation.path.format(**dict.fromkeys(owner.ids, "A'--"))
    refused(ask(owner.person.client, operation, path), 422)


@every_operation
def test_with_a_wrong_body(owner: Known, operation: Operation) -> None:
    if not operation.has_json:
        return
    path = operation.path.format(**owner.ids)
    wrong: list[Any] = [[], 7, {"unknown": 1}]
    for body in wrong:
        answer = ask(owner.person.client, operation, path, json=body)
        refused(answer, 422)
        assert answer.json()["errors"], body
    headers = {"Content-Type": "application/json"}
    refused(ask(owner.person.client, operation, path, content=b"{", headers=headers), 400)


@every_operation
def test_valid(cloud: CloudService, operation: Operation) -> None:
    person = cloud.new_person("valid")
    known = Known(cloud, person, ids_of(person))
    if "generation" in operation.parameters:
        known.ids["generation"] = new_generation(person)
    path = operation.path.format(**known.ids)
    answer = ask(
        person.client,
        operation,
        path,
        headers=operation.valid.headers,
        **right_body(operation, known),
    )
    assert answer.status_code == operation.valid.status, answer.text
    if answer.content:
        _check_form(operation, answer)


def _check_form(operation: Operation, answer: httpx.Response) -> None:
    """The answer has the form that the document promises."""
    promised = document()["paths"][operation.path][operation.method.lower()]["responses"]
    content = promised[str(answer.status_code)].get("content", {})
    if answer.headers["content-type"] == "application/json":
        schema = content["application/json"]["schema"]
        jsonschema_rs.validate(schema | {"components": document()["components"]}, answer.json())
