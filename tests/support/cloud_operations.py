"""Every operation of the cloud: how to ask for it rightly, and what it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

from cloud_service import PASSWORD, CloudService, Person

from cloud_api.application import make_api

LLM_KEY = "gsk_0123456789"
NOBODY = "00000000-0000-7000-8000-000000000000"


@dataclass
class Known:
    """Somebody with one of everything: `ids` are those of the path parameters."""

    cloud: CloudService
    person: Person
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Valid:
    """A right request: its body, and the status of the answer."""

    status: int = 200
    json: Callable[[Known], Any] | None = None
    data: Callable[[Known], dict[str, str]] | None = None
    public: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """An operation as the OpenAPI document has it."""

    name: str
    method: str
    path: str
    has_json: bool
    parameters: tuple[str, ...]

    @property
    def valid(self) -> Valid:
        return VALID[self.name]


def _verification_code(known: Known) -> str:
    return known.cloud.code_for(known.person.email)


def _reset_code(known: Known) -> str:
    known.cloud.client.post("/auth/password/forgot", json={"email": known.person.email})
    return known.cloud.code_for(known.person.email, 2)


TEXT = "name: Shop\n"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()
RESULT: dict[str, Any] = {
    "digest": DIGEST,
    "commit": "0123456789abcdef",
    "passed": 412,
    "failed": 1,
    "seconds": 12.5,
    "verified_at": "2026-11-01T12:00:00+01:00",
    "not_passed": [{"check": "boot/health", "verdict": "failed", "sentence": "It is not healthy."}],
}


def version(text: str, parent: str | None = None) -> dict[str, Any]:
    """A new Blueprint version with this text."""
    return {
        "id": str(uuid4()),
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "parent": parent,
        "title": "A change",
        "text": text,
        "origin": {"way": "no-model"},
    }


VALID: dict[str, Valid] = {
    "health": Valid(public=True),
    "ready": Valid(public=True),
    "metrics": Valid(public=True),
    "register": Valid(
        201,
        json=lambda known: {"email": "x-" + known.person.email, "password": PASSWORD},
        public=True,
    ),
    "getMe": Valid(),
    "changePassword": Valid(
        204, json=lambda _: {"current_password": PASSWORD, "new_password": PASSWORD + "!"}
    ),
    "forgetPassword": Valid(202, json=lambda known: {"email": known.person.email}, public=True),
    "resetPassword": Valid(
        204,
        json=lambda known: {"code": _reset_code(known), "new_password": PASSWORD},
        public=True,
    ),
    "verifyEmail": Valid(
        204,
        json=lambda known: {"code": _verification_code(known), "password": PASSWORD},
        public=True,
    ),
    "resendVerification": Valid(202),
    "deleteAccount": Valid(204, json=lambda _: {"password": PASSWORD}),
    "exportAccount": Valid(),
    "login": Valid(
        data=lambda known: {"username": known.person.email, "password": PASSWORD}, public=True
    ),
    "refresh": Valid(
        json=lambda known: {"refresh_token": known.person.tokens["refresh_token"]}, public=True
    ),
    "logout": Valid(
        204, json=lambda known: {"refresh_token": known.person.tokens["refresh_token"]}, public=True
    ),
    "logoutEverywhere": Valid(204),
    "listDevices": Valid(),
    "revokeDevice": Valid(204),
    "listLlmKeys": Valid(),
    "storeLlmKey": Valid(json=lambda _: {"key": LLM_KEY}),
    "removeLlmKey": Valid(204),
    "testLlmKey": Valid(),
    "createProject": Valid(201, json=lambda _: {"name": "Shop"}),
    "listProjects": Valid(),
    "getProject": Valid(),
    "renameProject": Valid(json=lambda _: {"name": "Shop 2"}),
    "deleteProject": Valid(204),
    "pushBlueprint": Valid(201, json=lambda _: version("name: Other\n", DIGEST)),
    "listBlueprints": Valid(),
    "getBlueprint": Valid(),
    "pushVerification": Valid(201, json=lambda _: RESULT),
    "listVerifications": Valid(),
    "shareProject": Valid(201, json=lambda _: {"role": "viewer"}),
    "listShares": Valid(),
    "unshareProject": Valid(204),
    "acceptShare": Valid(json=lambda known: {"token": known.ids["token"]}),
    "leaveProject": Valid(403),
    "generateFromPrompt": Valid(json=lambda _: {"prompt": "A simple todo API"}),
    "listGenerations": Valid(),
    "getGeneration": Valid(),
    "cancelGeneration": Valid(202),
    "followGeneration": Valid(),
    "getGenerationFiles": Valid(),
    "getUsage": Valid(),
}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return make_api(None).openapi()


def all_operations() -> list[Operation]:
    """The operations of the document, in its order."""
    found = []
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"]
            found.append(
                Operation(
                    operation["operationId"],
                    method.upper(),
                    path,
                    "application/json" in content,
                    tuple(names),
                )
            )
    return found


def ids_of(person: Person) -> dict[str, str]:
    """One of everything that this person has, made if need be."""
    devices = person.client.get("/auth/devices").json()["devices"]
    person.client.put("/llm-keys/groq", json={"key": LLM_KEY})
    path, ids = new_project(person)
    share = person.client.post(f"{path}/shares", json={"role": "editor"}).json()
    return {
        "generation": NOBODY,
        **ids,
        "device": devices[0]["id"],
        "provider": "groq",
        "share": share["share"]["id"],
        "token": share["token"],
    }


def new_generation(person: Person, prompt: str = "A simple todo API") -> str:
    """The id of a run that has succeeded."""
    answer = person.client.post("/generate-from-prompt", json={"prompt": prompt})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def new_project(person: Person, name: str = "Shop") -> tuple[str, dict[str, str]]:
    """A project with one version: its path, and the ids in it."""
    project = person.client.post("/projects", json={"name": name}).json()["id"]
    path = f"/projects/{project}"
    pushed = person.client.post(f"{path}/blueprints", json=version(TEXT))
    assert pushed.status_code == 201, pushed.text
    return path, {"project": project, "digest": DIGEST}
