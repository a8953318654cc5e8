"""A Blueprint by a model through the engine: the key from its store, the project from the plan."""

from __future__ import annotations

import json

from answers_of_blueprint import replies_of
from engine_process import new_home, running_engine
from event_stream import follow
from model_providers import KEY, ModelProviders
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.generator.blueprint import dump, load_file

TODO = load_file(ROOT / "docs/examples/01-todo/blueprint.yaml").blueprint
JOBS, PROJECTS = "/api/v1/jobs", "/api/v1/projects"


def test_plan_by_a_model_becomes_a_project_that_says_so() -> None:
    with (
        ModelProviders(Script.of(*replies_of(TODO))) as stand_in,
        new_home() as home,
        running_engine(home, OPENAI_BASE_URL=stand_in.openai) as engine,
    ):
        api = engine.client
        asked = {"kind": "plan", "prompt": "A simple todo API", "choice": {"via": "own-key"}}
        without = api.post(JOBS, json=asked).json()["id"]
        (*_, last) = follow(api, f"{JOBS}/{without}/events")
        assert last.data["event"]["code"] == "no-key"
        assert api.put("/api/v1/secrets/llm.openai", json={"value": KEY}).status_code < 300
        job = api.post(JOBS, json=asked).json()["id"]
        events = list(follow(api, f"{JOBS}/{job}/events"))
        assert events[-1].type == "succeeded"
        found = [one.data["event"]["what"] for one in events if one.type == "found"]
        assert {"entity", "field", "access"} <= set(found)
        result = api.get(f"{JOBS}/{job}").json()["result"]
        assert result["blueprint"] == dump(TODO)
        created = api.post(PROJECTS, json={"planned": job}).json()
        (*_, end) = follow(api, f"{JOBS}/{created['job']['id']}/events")
        assert end.type == "succeeded"
        project = f"{PROJECTS}/{created['project']['id']}"
        (version,) = api.get(f"{project}/versions").json()["versions"]
        assert version["cause"] == "prompt"
        assert version["making"] == result["making"]
        assert version["making"]["models"] == ["openai/gpt-6.2-sol"]
        assert KEY not in json.dumps([event.data for event in events])
        stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
        assert KEY.encode() not in stored
        assert api.post(PROJECTS, json={"planned": created["job"]["id"]}).status_code == 404
