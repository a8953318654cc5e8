"""The images of a deployment: fetched, or built by the engine without anything but its socket."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from local_engine.runtime.docker import cluster, proxy
from local_engine.runtime.docker.client import image_id, refused
from local_engine.runtime.docker.dockerfile import FILE, LOCK, Recipe, labelled
from local_engine.runtime.docker.errors import LINES_SHOWN, DeploymentError, quoted
from local_engine.runtime.docker.image_context import project_context, text_context
from local_engine.runtime.docker.labels import IMAGES, Owner, Part

if TYPE_CHECKING:
    from docker import APIClient

_STEP_SHOWN = 100
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_NO_WAY_OUT = re.compile(
    r"name resolution|name or service not known|network is unreachable|no such host"
    r"|failed to establish a new connection|connection timed out",
    re.I,
)
_CONNECT = (
    "This step fetches something and reached no network. Connect this machine to one and repeat "
    "this; what is built is kept."
)
_NOISE = (" --->", "Removing intermediate")

OnLine = Callable[[str], None]
_DATABASE = f"""FROM {{public}}
COPY {cluster.FILE} /
RUN install -d -m 0700 -o postgres -g postgres {cluster.FOLDER}
USER postgres
RUN initdb --pgdata {cluster.FOLDER} --username postgres --auth trust \\
    && echo 'host all all all scram-sha-256' >> {cluster.FOLDER}/pg_hba.conf \\
    && echo "listen_addresses = '*'" >> {cluster.FOLDER}/postgresql.conf
ENTRYPOINT ["sh", "/{cluster.FILE}"]
CMD ["postgres"]
"""
"""From where it can be reached, and by whom, is what the public image's own entrypoint says."""

Check = Callable[[], None]


def _nothing() -> None:
    """Nobody calls anything off."""


class BuildFailed(DeploymentError):
    """A step of a Dockerfile failed."""

    def __init__(self, step: str, error: str, lines: list[str]) -> None:
        where = shorten(step, _STEP_SHOWN, placeholder=" …") or "its Dockerfile cannot be read"
        said = f"{error}\n{quoted(lines)}"
        if _NO_WAY_OUT.search(said):
            said = f"{_CONNECT}\n{said}"
        super().__init__(f"The image could not be built: {where}\n{said}")


def runtime_image(
    client: APIClient, recipe: Recipe, on_line: OnLine, check: Check = _nothing
) -> None:
    """Build the image with the dependencies, if the engine has it not yet.

    It belongs to no installation: all that generate with the same lock share it.
    """
    if recipe.shared is None or image_id(client, recipe.runtime_tag) is not None:
        return
    labels = Owner().labels(Part.RUNTIME)
    dockerfile = labelled(recipe.shared, labels)
    context = text_context({FILE: dockerfile, LOCK: recipe.lock.decode()})
    build(client, context, recipe.runtime_tag, on_line, check)


def project_image(
    client: APIClient,
    project: Path,
    recipe: Recipe,
    owner: Owner,
    tag: str,
    on_line: OnLine,
    *,
    anew: bool = False,
) -> str:
    """Build the project's image; gives its id. `anew` does every step again."""
    labels = Owner(owner.installation, owner.project).labels(Part.IMAGE)
    context = project_context(project, recipe.own_dockerfile(labels))
    return build(client, context, tag, on_line, anew=anew)


def proxy_image(client: APIClient, recipe: Recipe, project_image: str, on_line: OnLine) -> str:
    """The image of the proxy part, built once on top of the one with Python; gives its id."""
    base = recipe.runtime_tag if recipe.shared is not None else project_image
    program = proxy.program()
    digest = hashlib.sha256(f"{image_id(client, base)}\n{program}".encode()).hexdigest()[:16]
    tag = f"{IMAGES}proxy:{digest}"
    if (known := image_id(client, tag)) is not None:
        return known
    labels = Owner().labels(Part.PROXY)
    dockerfile = labelled(
        f"FROM {base}\nCOPY {proxy.FILE} /\nHEALTHCHECK NONE\nWORKDIR /\n", labels
    )
    return build(client, text_context({FILE: dockerfile, proxy.FILE: program}), tag, on_line)


def database_image(client: APIClient, public: str, on_line: OnLine, check: Check = _nothing) -> str:
    """The image of PostgreSQL with a cluster in it, built once; gives its id.

    `public` is the name of the image that it stands on, which is there. The cluster is what that
    image makes for itself, without passwords: a database gets its own before it can be reached.
    """
    program = cluster.program()
    dockerfile = labelled(_DATABASE.format(public=public), Owner().labels(Part.CLUSTER))
    made_of = f"{image_id(client, public)}\n{dockerfile}\n{program}"
    tag = f"{IMAGES}database:{hashlib.sha256(made_of.encode()).hexdigest()[:16]}"
    if (known := image_id(client, tag)) is not None:
        return known
    context = text_context({FILE: dockerfile, cluster.FILE: program})
    return build(client, context, tag, on_line, check)


def fetched(client: APIClient, name: str, on_line: OnLine, check: Check = _nothing) -> str:
    """The id of a public image, fetched if the engine has it not. `check` may call it off."""
    known = image_id(client, name)
    if known is not None:
        return known
    repository, _, tag = name.partition(":")
    on_line(f"fetching {name}")
    with contextlib.closing(client.pull(repository, tag, stream=True, decode=True)) as answers:
        for answer in answers:
            check()
            if "error" in answer:
                raise refused(str(answer["error"]))
    found = image_id(client, name)
    assert found is not None
    return found


def build(
    client: APIClient,
    context: bytes,
    tag: str,
    on_line: OnLine,
    check: Check = _nothing,
    *,
    anew: bool = False,
) -> str:
    """Build an image from a tar with a Dockerfile; gives its id.

    By the engine's own builder, which needs no program beside the engine. It ends together with
    the connection. Raises `BuildFailed` with the failing step and its last lines.
    """
    answers = client.build(
        fileobj=io.BytesIO(context),
        custom_context=True,
        tag=tag,
        rm=True,
        forcerm=True,
        nocache=anew,
        decode=True,
    )
    with contextlib.closing(answers):
        return _heard(answers, on_line, check)


def _heard(answers: Iterator[Mapping[str, Any]], on_line: OnLine, check: Check) -> str:
    step, identity = "", ""
    lines: deque[str] = deque(maxlen=LINES_SHOWN)
    for answer in answers:
        check()
        if "error" in answer:
            raise BuildFailed(step, str(answer["error"]), list(lines))
        identity = str((answer.get("aux") or {}).get("ID", identity))
        for line in _lines(answer):
            if line.startswith("Step "):
                step = line
                lines.clear()
            else:
                lines.append(line)
            on_line(line)
    return identity


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """What is worth reading of one answer."""
    said = _COLOUR.sub("", str(answer.get("stream") or answer.get("status") or ""))
    for line in said.splitlines():
        if line.strip() and not line.startswith(_NOISE):
            yield line.rstrip()
