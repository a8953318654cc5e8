"""From a project's Blueprint and OpenAPI document to what others work with.

Everything is pure: a resolved Blueprint or a document goes in, files by path come out.
"""

from local_engine.generator.exporting.collections.bruno import bruno_collection
from local_engine.generator.exporting.collections.postman import postman_collection
from local_engine.generator.exporting.diagram.mermaid import mermaid
from local_engine.generator.exporting.diagram.svg import svg
from local_engine.generator.exporting.document import ApiDocument, DocumentError
from local_engine.generator.exporting.operators.stacks import (
    compose_files,
    kubernetes_files,
    swarm_files,
)
from local_engine.generator.exporting.typescript.client import typescript_client

__all__ = [
    "ApiDocument",
    "DocumentError",
    "bruno_collection",
    "compose_files",
    "kubernetes_files",
    "mermaid",
    "postman_collection",
    "svg",
    "swarm_files",
    "typescript_client",
]
