"""What is imported works: from SQL and OpenAPI to a running service in which every check passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from repository_rules import ROOT

from local_engine.generator.blueprint import load
from local_engine.generator.importing import import_openapi, import_sql
from local_engine.projects import Cause, Project
from local_engine.runtime.preview import verification_controls
from local_engine.verification import Verdict, verify

SHORT = ("static", "boot", "contract", "access")
PAGE = (ROOT / "docs/import-export.md").read_text("utf-8")
PETS = """
openapi: 3.1.0
info: {title: Pet clinic, version: "1"}
security: [{bearer: []}]
paths:
  /owners:
    get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Owner"}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Owner"}}}}
      responses: {"201": {description: made}}
  /owners/{ownerId}:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Owner"}}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Owner"}}}}
      responses: {"200": {description: changed}}
  /owners/{ownerId}/pets:
    get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"201": {description: made}}
  /owners/{ownerId}/pets/{petId}:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /visits:
    get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Visit"}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Visit"}}}}
      responses: {"201": {description: made}}
  /visits/{visitId}:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Visit"}}}}}}
    delete: {responses: {"204": {description: gone}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Owner:
      type: object
      required: [name, email]
      properties:
        id: {type: string, format: uuid, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 80}
        email: {type: string, format: email}
        pin: {type: string, maxLength: 8, writeOnly: true}
    Pet:
      type: object
      required: [name, kind]
      properties:
        id: {type: string, format: uuid, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 40}
        kind: {type: string, enum: [cat, dog, "guinea pig"], default: cat}
        born_on: {type: string, format: date}
        weight: {type: number, minimum: 0, maximum: 200}
    Visit:
      type: object
      required: [starts_at, owner_id]
      properties:
        id: {type: string, format: uuid, readOnly: true}
        starts_at: {type: string, format: date-time}
        owner_id: {type: string, format: uuid}
        reason: {type: string, maxLength: 2000}
        urgent: {type: boolean, default: false}
        tags: {type: array, items: {type: string, maxLength: 20}, maxItems: 5}
"""  # noqa: E501


def blueprint_of(source: str) -> str:
    """The Blueprint of an import."""
    if source == "openapi":
        return import_openapi(PETS).text
    found = re.search(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return import_sql(found[1], name="Invoices").text


@pytest.mark.parametrize(
    "groups", [SHORT, pytest.param(None, marks=pytest.mark.full)], ids=["short", "whole"]
)
@pytest.mark.parametrize("source", ["sql", "openapi"])
def test_an_imported_project_is_verified(
    source: str, groups: tuple[str, ...] | None, tmp_path: Path
) -> None:
    document = load(blueprint_of(source))
    assert len(document.application.own_entities) >= 2
    tmp_path.chmod(0o755)
    project = Project.create(tmp_path / "project", document, cause=Cause.IMPORT)
    with verification_controls(project.folder) as controls:
        report = verify(document.application, controls, groups=groups)
    wrong = [
        f"{result.verdict}: {result.check}: {result.reason} {result.evidence}"
        for result in report.results
        if result.verdict in {Verdict.FAILED, Verdict.INCONCLUSIVE}
    ]
    assert not wrong, "\n".join(wrong)
    assert report.counts[Verdict.PASSED] > 50
