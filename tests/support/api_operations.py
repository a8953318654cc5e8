"""The engine's operations as its OpenAPI document lists them, and a valid request for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from repository_rules import ROOT

PROMPT = "A simple todo API"
UNKNOWN = "0" * 32
CREDENTIALS = {"email": "ada@example.com", "password": "correct horse battery"}
NO_KEYS_NO_DOCKER = {
    "BACKEND_GENERATOR_KEY_STORE": "none",
    "API_URL": "http://127.0.0.1:9",
    "BACKEND_GENERATOR_DOCKER_HOST": "unix:///nowhere/docker.sock",
}
"""The environment of an engine that is asked for everything, and must not touch this machine's."""


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    name: str
    method: str
    path: str
    has_json: bool
    streams: bool

    @property
    def about_a_project(self) -> bool:
        """Whether the path names a project."""
        return "{project}" in self.path

    @property
    def about_a_job(self) -> bool:
        """Whether the path names a job."""
        return "{job}" in self.path


def all_operations() -> list[Operation]:
    """All operations, in the order of the document."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    return [
        Operation(
            operation["operationId"],
            method.upper(),
            path,
            "application/json" in operation.get("requestBody", {}).get("content", {}),
            any(
                "text/event-stream" in r.get("content", {}) for r in operation["responses"].values()
            ),
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


@dataclass
class Known:
    """What there is in the engine that is asked: a project with code, and ended jobs."""

    project: str
    plan: str
    verify: str
    export: str
    digest: str
    text: str
    version: str
    document: dict[str, Any]
    folder: str


@dataclass(frozen=True)
class Valid:
    """A request that is carried out, and the status that says so."""

    status: int
    json: Callable[[Known], Any] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    job: str = "plan"
    name: str = "some-key"


def _text(_known: Known) -> dict[str, str]:
    return {"text": "blueprint: 1\nname: X\nentities: {A: {fields: {b: string}}}\n"}


VALID: dict[str, Valid] = {
    "getSession": Valid(200),
    "endSession": Valid(204),
    "createLink": Valid(201),
    "addToken": Valid(204, lambda _: {"token": "one-more-token-0123456789"}),
    "getSettings": Valid(200),
    "changeSettings": Valid(200, lambda _: {"theme": "dark"}),
    "getSecrets": Valid(200),
    "putSecret": Valid(200, lambda _: {"value": "sk-123"}),
    "removeSecret": Valid(200),
    "passSecret": Valid(201, lambda _: {"value": "sk-123"}),
    "unlockSecrets": Valid(200, lambda _: {"passphrase": "correct horse battery"}),
    "lockSecrets": Valid(200),
    # Nobody is signed in, and no cloud is there; test_account asks one.
    "getAccount": Valid(200),
    "register": Valid(503, lambda _: CREDENTIALS),
    "signIn": Valid(503, lambda _: CREDENTIALS),
    "signOut": Valid(409),
    "getMe": Valid(409),
    "listDevices": Valid(409),
    "signOutDevice": Valid(409),
    "listKeys": Valid(409),
    "putKey": Valid(409, lambda _: {"key": "sk-0123456789"}),
    "testKey": Valid(409),
    "removeKey": Valid(409),
    "getUsage": Valid(409),
    "examineMachine": Valid(200),
    "listProjects": Valid(200),
    "createProject": Valid(201, lambda _: {"prompt": PROMPT, "tags": ["a"]}),
    "openProject": Valid(200, lambda known: {"folder": known.folder}),
    "getProject": Valid(200),
    "changeProject": Valid(200, lambda _: {"name": "Renamed"}),
    "askToDelete": Valid(201),
    "deleteProject": Valid(409),  # without its confirmation; test_projects deletes one
    "getBlueprintSchema": Valid(200),
    "checkBlueprint": Valid(200, _text),
    "getBlueprint": Valid(200),
    "putBlueprint": Valid(412, lambda known: _text(known) | {"base": UNKNOWN * 2}),
    "getBlueprintDocument": Valid(200),
    "putBlueprintDocument": Valid(
        412, lambda known: {"document": known.document, "base": UNKNOWN * 2}
    ),
    "explainBlueprint": Valid(200),
    "getEditsSchema": Valid(200),
    "proposeEdits": Valid(
        200,
        lambda known: {
            "edits": [{"edit": "remove_field", "entity": "Todo", "field": "done"}],
            "base": known.digest,
        },
    ),
    "proposePrompt": Valid(
        200, lambda known: {"prompt": "Only admins may delete todos.", "base": known.digest}
    ),
    "proposeText": Valid(200, lambda known: {"text": known.text, "base": known.digest}),
    "listVersions": Valid(200),
    "undo": Valid(202),
    "redo": Valid(202),
    "compareVersions": Valid(200),
    "getVersionReport": Valid(404),  # it was not verified; test_data verifies one
    "listSnapshots": Valid(200),
    "makeSnapshot": Valid(409),  # it never ran, so it has no data; test_data has some
    "restoreSnapshot": Valid(404),
    "deleteSnapshot": Valid(404),
    "restoreVersion": Valid(202),
    "nameVersion": Valid(200, lambda _: {"name": "first"}),
    "listFilesOfVersion": Valid(200),
    "readFileOfVersion": Valid(200, params={"path": "blueprint.yaml"}),
    "getFileDifference": Valid(200, params={"path": "blueprint.yaml"}),
    "getTrial": Valid(200),
    "beginTrial": Valid(201, lambda _: {"name": "idea"}),
    "keepTrial": Valid(200),
    "discardTrial": Valid(202),
    "recoverTrial": Valid(404),  # none was discarded; test_trials has one back
    "listConflicts": Valid(200),
    "decideConflict": Valid(409, lambda _: {"path": "app/main.py", "take": "ours"}),
    "abandonGeneration": Valid(409),
    "listFiles": Valid(200),
    "readFile": Valid(200, params={"path": "blueprint.yaml"}),
    "writeFile": Valid(200, lambda _: {"text": "mine\n"}, {"path": "extensions/notes.txt"}),
    "startJob": Valid(202, lambda _: {"kind": "plan", "prompt": PROMPT}),
    "listJobs": Valid(200),
    "getJob": Valid(200),
    "cancelJob": Valid(202),
    "repeatJob": Valid(202),
    "listJobEvents": Valid(200),
    "followJob": Valid(200),
    "followAll": Valid(200),
    "getPreview": Valid(200),
    "startPreview": Valid(202),
    "stopPreview": Valid(200),
    "getPreviewLog": Valid(200),
    "followPreviewLog": Valid(200),
    # Docker is nowhere there; test_deployments asks about a project that is deployed.
    "getDocker": Valid(200),
    "listDeployments": Valid(200),
    "askToCollect": Valid(201),
    "collect": Valid(409),
    "getDeployment": Valid(200),
    "deploy": Valid(202, lambda _: {"rebuild": True}),
    "askToDeleteData": Valid(404),
    "removeDeployment": Valid(404),
    "changeDeployment": Valid(404),
    "getDeploymentUsage": Valid(404),
    "rehearseDeployment": Valid(404),
    "getDeploymentLog": Valid(404),
    "followDeploymentLog": Valid(404),
    "listTables": Valid(409),  # it does not run; test_running_projects asks one that does
    "listDataChanges": Valid(200),
    "listRows": Valid(409),
    "addRow": Valid(409, lambda _: {"values": {"a": 1}}),
    "changeRow": Valid(409, lambda _: {"key": {"id": 1}, "values": {"a": 1}}),
    "removeRow": Valid(409, lambda _: {"key": {"id": 1}}),
    "listActors": Valid(200),
    "sendRequest": Valid(409, lambda _: {"method": "GET", "path": "/health"}),
    "listStatements": Valid(200),
    "listReports": Valid(200),
    "getReport": Valid(200, job="verify"),
    "getReportPage": Valid(200, job="verify"),
    "getReportForJunit": Valid(200, job="verify"),
    "getRepair": Valid(404),  # nothing was repaired; test_repairs does
    "acceptRepair": Valid(404),
    "discardRepair": Valid(404),
    "uploadFile": Valid(415),  # its body is no JSON; test_import_export uploads files
    "getRemote": Valid(200),
    "listTrash": Valid(200),
    "restoreProject": Valid(404),  # test_trash brings one back
    "askToEmptyTrash": Valid(201, lambda _: {}),
    "emptyTrash": Valid(409),  # without its confirmation; test_trash empties it
    "listExports": Valid(200),
    "downloadExport": Valid(200, job="export"),
}
