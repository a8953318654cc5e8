"""A project for operators: Docker Compose, Docker Swarm, Kubernetes.

The image is the one that the project's own Dockerfile makes. No secret is in any of these files:
each export has a script that makes them where they are needed.
"""

from __future__ import annotations

from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.exporting.operators.files import Filling, fixed

PROXY_FILE = "forward.py"
_OWNER_FILE = "owner.sh"
_KUBERNETES = (
    "README.md",
    "kustomization.yaml",
    "namespace.yaml",
    "settings.yaml",
    "database.yaml",
    "migrate.yaml",
    "api.yaml",
    "ingress.yaml",
    "network-policies.yaml",
    "make-secrets.sh",
)


def compose_files(application: Application, proxy: str) -> dict[str, bytes]:
    """For one machine. `proxy` is the program of the proxy part (`forward.py PORT HOST PORT`)."""
    files = Filling(application).files("compose", "README.md", "compose.yaml", "make-secrets.sh")
    return {**files, _OWNER_FILE: fixed(_OWNER_FILE).encode(), PROXY_FILE: proxy.encode()}


def swarm_files(application: Application, proxy: str) -> dict[str, bytes]:
    """For a swarm; `proxy` as for Compose. A config of a swarm never changes: its name does."""
    owner = fixed(_OWNER_FILE)
    filling = Filling(application, {"forward": proxy, "owner": owner})
    files = filling.files("swarm", "README.md", "stack.yaml", "make-secrets.sh")
    return {**files, _OWNER_FILE: owner.encode(), PROXY_FILE: proxy.encode()}


def kubernetes_files(application: Application) -> dict[str, bytes]:
    """For Kubernetes with Kustomize and CloudNativePG."""
    filling = Filling(application)
    optional = ("worker.yaml",) if filling.worker else ()
    return filling.files("kubernetes", *_KUBERNETES, *optional)
