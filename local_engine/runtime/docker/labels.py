"""The labels by which everything that we make in an engine is found again.

Only what bears the label of this installation is ever changed or removed; and of containers only
those that bear a deploy's label, too: anybody may start containers of a project's image, and these
inherit the image's labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_PREFIX = "backend-generator."
INSTALLATION = _PREFIX + "installation"
PROJECT = _PREFIX + "project"
NAME = _PREFIX + "name"
FOLDER = _PREFIX + "folder"
PART = _PREFIX + "part"
VERSION = _PREFIX + "version"
DEPLOY = _PREFIX + "deploy"
CONFIG = _PREFIX + "config"

IMAGES = "backend-generator/"
"""How the names of our images begin: others inherit their labels, and anybody may name ours too."""


class Part(StrEnum):
    """What a container, network, volume or image is for."""

    DATABASE = "database"
    MIGRATE = "migrate"
    SERVICE = "service"
    PROXY = "proxy"
    DOOR = "door"
    INSIDE = "inside"
    EDGE = "edge"
    EGRESS = "egress"
    DATA = "data"
    SECRETS = "secrets"
    SETTINGS = "settings"
    RUNTIME = "runtime"
    CLUSTER = "cluster"
    IMAGE = "image"


RUNNING_PARTS = (Part.DATABASE, Part.SERVICE, Part.PROXY)
"""The parts that run as long as a deployment does, in the order in which they are started."""


@dataclass(frozen=True)
class Owner:
    """Whom something belongs to: a deploy of a version of a project, made by an installation.

    What projects share has no `project`, and an image that installations share no `installation`;
    `folder` is where the project lay when it was deployed.
    """

    installation: str = ""
    project: str = ""
    name: str = ""
    folder: str = ""
    version: str = ""
    deploy: str = ""

    def labels(self, part: Part) -> dict[str, str]:
        """The labels for a part of it."""
        values = {
            INSTALLATION: self.installation,
            PROJECT: self.project,
            NAME: self.name,
            FOLDER: self.folder,
            PART: part.value,
            VERSION: self.version,
            DEPLOY: self.deploy,
        }
        return {label: value for label, value in values.items() if value}


def chosen(installation: str, project: str = "", part: Part | None = None) -> dict[str, list[str]]:
    """A filter for the engine's lists: what an installation made, of one project, of one part."""
    wanted = [f"{INSTALLATION}={installation}"]
    if project:
        wanted.append(f"{PROJECT}={project}")
    if part is not None:
        wanted.append(f"{PART}={part.value}")
    return {"label": wanted}
