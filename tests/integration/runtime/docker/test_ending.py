"""What goes with a deployment, and what is somebody else's and stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from docker_engine import Deployed

from local_engine.runtime.docker import managing
from local_engine.runtime.docker.client import image_id
from local_engine.runtime.docker.ending import remove_images
from local_engine.runtime.docker.image_context import text_context
from local_engine.runtime.docker.images import build
from local_engine.runtime.docker.installation import installation_id
from local_engine.runtime.docker.labels import INSTALLATION, PROJECT, Part
from local_engine.runtime.readiness import is_ready

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker

NAMED = "registry.example/me/named"
OURS, BEFORE = "backend-generator/named-1234:latest", "backend-generator/named-1234:before"
THEIRS, DERIVED = f"{NAMED}:v1", "registry.example/me/derived:v1"


@pytest.fixture
def images(engine: APIClient) -> Iterator[None]:
    """Two images of a deploy; the user has named one of them, and made another one from it."""
    labels = f"LABEL {INSTALLATION}={installation_id()} {PROJECT}=named\n"
    for tag in (BEFORE, OURS):
        _build(engine, tag, f"FROM scratch\n{labels}LABEL tag={tag}\n")
    engine.tag(OURS, NAMED, "v1")
    _build(engine, DERIVED, f"FROM {OURS}\nLABEL derived=1\n")
    yield
    for tag in (OURS, BEFORE, THEIRS, DERIVED):
        if image_id(engine, tag) is not None:
            engine.remove_image(tag)


def _build(engine: APIClient, tag: str, dockerfile: str) -> None:
    build(engine, text_context({"Dockerfile": dockerfile}), tag, lambda _: None)


@pytest.mark.usefixtures("images")
def test_images_that_somebody_has_named_stay(engine: APIClient) -> None:
    theirs = image_id(engine, THEIRS)
    remove_images(engine, installation_id(), "named")
    assert image_id(engine, OURS) is None
    assert image_id(engine, BEFORE) is None
    assert image_id(engine, THEIRS) == theirs is not None
    assert image_id(engine, DERIVED) is not None


def test_what_is_paused_goes_on_when_it_is_started(engine: APIClient, deployed: Deployed) -> None:
    for part in (Part.SERVICE, Part.DATABASE):
        engine.pause(deployed.container(part))
    try:
        assert managing.start(deployed.project).project == deployed.deployment.project
        assert is_ready(deployed.deployment.port or 0)
    finally:
        (found,) = (one for one in managing.list_deployments() if one.name == "todo")
        for one in found.parts.values():
            if one.state == "paused":
                engine.unpause(one.id)
