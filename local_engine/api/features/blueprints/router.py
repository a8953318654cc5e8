"""Blueprints: as text, as JSON, checked, explained."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.blueprints import schemas, service
from local_engine.api.features.projects.router import ProjectId

router = APIRouter(tags=["blueprints"])


@router.get("/blueprint/schema", operation_id="getBlueprintSchema")
def get_blueprint_schema() -> dict[str, Any]:
    """The JSON Schema of a Blueprint."""
    return _schema()


@cache
def _schema() -> dict[str, Any]:
    from local_engine.generator.blueprint import blueprint_json_schema

    return blueprint_json_schema()


@router.post("/blueprint/check", operation_id="checkBlueprint")
def check_blueprint(new: schemas.TextToCheck) -> schemas.CheckedBlueprint:
    """Say all that is wrong with a text, and what it means if nothing stops it."""
    return _checked(new.text)


@router.get(
    "/projects/{project}/blueprint", responses=refusals(404, 409), operation_id="getBlueprint"
)
def get_blueprint(engine: TheEngine, project: ProjectId) -> schemas.BlueprintText:
    """The Blueprint of a project as it is on disk."""
    return _text(service.read(engine.projects.folder(project)))


@router.put(
    "/projects/{project}/blueprint",
    responses=refusals(404, 409, 412),
    operation_id="putBlueprint",
)
def put_blueprint(
    engine: TheEngine, project: ProjectId, new: schemas.NewBlueprintText
) -> schemas.BlueprintText:
    """Write a Blueprint that is right; one with errors is refused with their lines.

    The code follows when it is generated.
    """
    document = service.replace(engine.projects.folder(project), new.text, new.base)
    return _text(document.text)


@router.get(
    "/projects/{project}/blueprint/document",
    responses=refusals(404, 409),
    operation_id="getBlueprintDocument",
)
def get_blueprint_document(engine: TheEngine, project: ProjectId) -> schemas.BlueprintDocument:
    """The Blueprint of a project as JSON; one with errors is refused with their lines."""
    text = service.read(engine.projects.folder(project))
    document = service.require_valid(text)
    return schemas.BlueprintDocument(
        document=service.as_json(document), digest=service.digest_of(text)
    )


@router.put(
    "/projects/{project}/blueprint/document",
    responses=refusals(404, 409, 412),
    operation_id="putBlueprintDocument",
)
def put_blueprint_document(
    engine: TheEngine, project: ProjectId, new: schemas.NewBlueprintDocument
) -> schemas.BlueprintText:
    """Write a Blueprint given as JSON, as text with the comments that were there."""
    folder = engine.projects.folder(project)
    text = service.with_json(folder, new.document, new.base)
    return _text(service.replace(folder, text, new.base).text)


@router.get(
    "/projects/{project}/blueprint/explanation",
    responses=refusals(404, 409),
    operation_id="explainBlueprint",
)
def explain_blueprint(engine: TheEngine, project: ProjectId) -> schemas.CheckedBlueprint:
    """What the Blueprint of a project means, every default included."""
    return _checked(service.read(engine.projects.folder(project)))


def _text(text: str) -> schemas.BlueprintText:
    from local_engine.generator.blueprint import load

    return schemas.BlueprintText.model_validate(
        {
            "text": text,
            "digest": service.digest_of(text),
            "problems": service.problems_of(load(text)),
        }
    )


def _checked(text: str) -> schemas.CheckedBlueprint:
    from local_engine.generator.blueprint import Severity, explain, load

    document = load(text)
    valid = not any(problem.severity is Severity.ERROR for problem in document.problems)
    application = document.application if valid else None
    return schemas.CheckedBlueprint.model_validate(
        {
            "problems": service.problems_of(document),
            "valid": valid,
            "name": application.name if application else None,
            "entities": [one.name for one in application.own_entities] if application else [],
            "explanation": explain(application) if application else [],
        }
    )
