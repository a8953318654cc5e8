"""An emitted service answers the fine points of docs/blueprint.md as the page says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from meanings import BLUEPRINT, Answer, wrong_answers
from reference_project import Project, Service

from local_engine.generator.blueprint import load
from local_engine.generator.emit import emit, write
from local_engine.runtime.postgres import PostgresServer


@pytest.fixture
def service(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Service]:
    text = f"name: Meanings\n{BLUEPRINT}"
    write(emit(load(text).application, text), tmp_path / "meanings")
    project = Project(tmp_path / "meanings", postgres_server.create_database("meanings").url)
    project.migrate()
    with project.serving() as running:
        yield running
    postgres_server.drop_database("meanings")


def test_the_fine_points(service: Service) -> None:
    with service.client() as client:

        def send(method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
            content = {"content": body} if isinstance(body, bytes) else {"json": body}
            given = {} if body is None else content
            response = client.request(method, path, headers=headers, **given)
            parsed = response.json() if response.content else None
            return Answer(response.status_code, parsed, dict(response.headers))

        assert wrong_answers(send) == []
