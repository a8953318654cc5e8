"""Image: what is shipped runs without rights, is small, and needs no network to start."""

from __future__ import annotations

import time
from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.runtime.docker.verifying.groups.deployed import controls_of
from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.registry import Group

LARGEST = 250_000_000
"""In bytes. Python's slim image takes some 130 MB of it, the locked dependencies 58, the project
one; what is left over is for an operator's additions. What is meant to be caught takes far more: a
compiler, a full base image, caches, a copied history."""

_SECONDS = 60.0
"""That it starts is to be shown, not how soon: the machine may be a busy one."""
_PAUSE_SECONDS = 0.1


def checks(_: Application) -> Iterator[Check]:
    """The checks of this group."""
    yield Check("image.user", "The image by itself runs as a user without rights.", _user)
    yield Check("image.size", f"The image takes no more than {LARGEST // 1_000_000} MB.", _size)
    yield Check("image.offline", "The service starts without any network.", _offline)


GROUP = Group("image", "The image is small and needs no rights and no network", checks, fresh=False)


def _user(context: Context) -> None:
    controls = controls_of(context)
    ended = controls.siblings.run(["id", "-u"], as_the_image_says=True)
    if ended.exit_code:
        raise SetUpFailed(f"`id -u` in the image: {ended}")
    number = ended.lines[-1].strip()
    if number == "0":
        raise CheckFailed(
            "a user other than root, as by `USER 10001` in the Dockerfile",
            f"the image's user is {controls.image.user}, with the number {number}",
        )


def _size(context: Context) -> None:
    size = controls_of(context).image.size
    if size > LARGEST:
        raise CheckFailed(f"at most {LARGEST / 1e6:.0f} MB", f"{size / 1e6:.0f} MB")


def _offline(context: Context) -> None:
    siblings = controls_of(context).siblings
    with siblings.one(offline=True) as identity:
        deadline = time.monotonic() + _SECONDS
        while (status := siblings.status(identity, "/health")) != "200":
            ended = not siblings.runs(identity)
            if ended or time.monotonic() > deadline:
                answer = "it ended" if ended else f"status {status}" if status else "no answer"
                raise CheckFailed(
                    f"GET /health answers 200 within {_SECONDS:.0f} s, with no network at all",
                    f"{answer}; it wrote last: {siblings.last_line(identity)[:300]}",
                )
            time.sleep(_PAUSE_SECONDS)
