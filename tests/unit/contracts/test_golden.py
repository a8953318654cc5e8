"""The wire: what a released version sent and understood, later versions understand too.

`golden/VERSION/NAME.json` is one message of each model. A folder of a released version never
changes.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

import local_engine
from local_engine import contracts
from local_engine.contracts.wire import Answer, Request

FOLDER = Path(__file__).parent / "golden"
PRESENT = FOLDER / local_engine.__version__


def models() -> dict[str, type[BaseModel]]:
    """All models of the wire, by name."""
    found: dict[str, type[BaseModel]] = {}
    for module in pkgutil.iter_modules(contracts.__path__):
        names = vars(importlib.import_module(f"{contracts.__name__}.{module.name}"))
        for name, thing in names.items():
            if isinstance(thing, type) and issubclass(thing, Request | Answer):
                found[name] = thing
    del found["Request"], found["Answer"]
    return dict(sorted(found.items()))


def message(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as it goes over the wire; what is secret in a request is sent in the clear."""
    sent = model.model_dump(mode="json")
    secrets = {
        name: value.get_secret_value() for name, value in model if isinstance(value, SecretStr)
    }
    return sent | secrets


MODELS = models()
FILES = sorted(FOLDER.glob("*/*.json"))


def test_every_model_has_its_message() -> None:
    assert {path.stem for path in PRESENT.glob("*.json")} == set(MODELS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_message_of_any_version_is_understood(path: Path) -> None:
    found = MODELS[path.stem].model_validate(message(path))
    if path.parent == PRESENT:
        assert plain(found) == message(path)


@pytest.mark.parametrize("name", MODELS)
def test_requests_are_strict_and_answers_tolerant(name: str) -> None:
    given = message(PRESENT / f"{name}.json") | {"of_a_newer_version": 1}
    if issubclass(MODELS[name], Request):
        with pytest.raises(ValidationError, match="of_a_newer_version"):
            MODELS[name].model_validate(given)
    else:
        assert "of_a_newer_version" not in plain(MODELS[name].model_validate(given))
