"""What a change of a Blueprint would mean, before anything is done."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter

from local_engine.api.answers import refusals
from local_engine.api.engine import TheEngine
from local_engine.api.features.changes import schemas, service
from local_engine.api.features.projects.router import ProjectId

router = APIRouter(tags=["changes"])
_PATH = "/projects/{project}/blueprint/proposals"


@router.get("/blueprint/edits/schema", operation_id="getEditsSchema")
def get_edits_schema() -> dict[str, Any]:
    """The JSON Schema of a list of edits."""
    return _schema()


@cache
def _schema() -> dict[str, Any]:
    from local_engine.generator.blueprint.editing import edit_json_schema

    return edit_json_schema()


@router.post(f"{_PATH}/edits", responses=refusals(404, 409, 412), operation_id="proposeEdits")
def propose_edits(
    engine: TheEngine, project: ProjectId, new: schemas.EditsToPropose
) -> schemas.Proposal:
    """What typed edits would make: files, migration, data at risk, checks. Nothing is written."""
    return service.of_edits(engine.projects.folder(project), new.edits, new.base, new.rehearse)


@router.post(f"{_PATH}/prompt", responses=refusals(404, 409, 412), operation_id="proposePrompt")
def propose_prompt(
    engine: TheEngine, project: ProjectId, new: schemas.PromptToPropose
) -> schemas.Proposal:
    """What a prompt asks for ("only admins may delete posts"), as edits. Nothing is written."""
    return service.of_prompt(engine.projects.folder(project), new.prompt, new.base, new.rehearse)


@router.post(f"{_PATH}/text", responses=refusals(404, 409, 412), operation_id="proposeText")
def propose_text(
    engine: TheEngine, project: ProjectId, new: schemas.TextToPropose
) -> schemas.Proposal:
    """What a text that was edited by hand would make. Nothing is written."""
    return service.of_text(engine.projects.folder(project), new.text, new.base, new.rehearse)
