"""Requests that Schemathesis makes up from the OpenAPI document: none may end in a 5xx.

The same requests are made in every run. Half of them are about things that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from cloud_operations import all_operations, document, ids_of
from cloud_service import CloudService, Person, running_cloud
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

Generated = APIOperation[Any, Any, Any, Any]

STANDARD, FULL = 4, 200
OPERATIONS = [one.name for one in all_operations()]


@pytest.fixture(scope="module")
def own(new_cloud_database: Callable[[], str]) -> Iterator[CloudService]:
    """A cloud of these tests: its limits on attempts would meet others."""
    with running_cloud(new_cloud_database()) as service:
        yield service


@pytest.fixture(scope="module")
def operations() -> dict[str, Generated]:
    """Schemathesis's view of every operation, by its name."""
    results = list(schemathesis.openapi.from_dict(document()).get_all_operations())
    found = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(found) == len(results)
    return {str(one.definition.raw["operationId"]): one for one in found}


def send_many(person: Person, operation: Generated, examples: int) -> None:
    """Send so many requests; each must be answered, and not with a mistake of the service's."""
    ids = ids_of(person)
    headers = {"Authorization": person.client.headers["Authorization"]}
    base_url = str(person.client.base_url)

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
            case.path_parameters.update({k: ids[k] for k in case.path_parameters})
        answer = case.call(base_url=base_url, headers=headers)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"], answer.text

    send()


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_breaks_the_service(
    own: CloudService, operations: dict[str, Generated], name: str
) -> None:
    send_many(own.new_person("fuzz"), operations[name], STANDARD)


@pytest.mark.full
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_of_many_breaks_the_service(
    own: CloudService, operations: dict[str, Generated], name: str
) -> None:
    send_many(own.new_person("fuzz"), operations[name], FULL)
