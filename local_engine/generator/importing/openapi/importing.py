"""`import_openapi`: an API becomes a Blueprint with an account of all of it."""

from __future__ import annotations

from local_engine.generator.importing.composing.draft import USER, Draft
from local_engine.generator.importing.composing.settling import settle
from local_engine.generator.importing.naming import description
from local_engine.generator.importing.openapi.composing import Composer
from local_engine.generator.importing.openapi.reading import Schemas, read_document
from local_engine.generator.importing.openapi.resources import find_resources
from local_engine.generator.importing.report import Account, Import, ImportRefused

MAX_RESOURCES = 2000


def import_openapi(text: str, *, name: str | None = None) -> Import:
    """The Blueprint of what an OpenAPI 3.0 or 3.1 document (JSON or YAML) serves.

    Raises ImportRefused where it is none, serves no rows, or leads out of itself.
    """
    document = read_document(text)
    account = Account()
    resources = find_resources(document, account)
    if not resources:
        raise ImportRefused(
            "the document has no collection of rows, such as /orders with /orders/{id}",
            "a Blueprint is about what is stored",
        )
    if len(resources) > MAX_RESOURCES:
        raise ImportRefused(f"the document has more than {MAX_RESOURCES} collections")
    info = document.get("info")
    title = name or (str(info.get("title", "")) if isinstance(info, dict) else "")
    draft = Draft(description(title)[:80] or "Imported backend", account)
    schemas = Schemas(document)
    Composer(draft, schemas, resources).compose()
    used = {n for resource in resources.values() if (n := resource.schema_name)}
    for schema in (document.get("components") or {}).get("schemas") or {}:
        if schema not in used:
            account.left_out(f"schema {schema}", "no collection answers with it as its row")
    if USER in draft.entities:
        account.taken("users", f"entities.{USER}", "accounts are built in")
    return settle(draft)
