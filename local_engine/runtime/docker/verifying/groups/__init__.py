"""What is checked of a deployment beyond what is checked of every running project."""

from local_engine.runtime.docker.verifying.groups import deployment, image
from local_engine.verification.registry import Group

GROUPS: tuple[Group, ...] = (image.GROUP, deployment.GROUP)
