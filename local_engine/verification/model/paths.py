"""The paths of rows and collections, with the ids of tenants and wholes filled in."""

from __future__ import annotations

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification.model.routing import fill
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row
from local_engine.verification.routes import collection, snake


def row_path(view: View, row: Row) -> str:
    """The path at which a row is read, changed and deleted."""
    entity = view.application.entities[row.entity]
    tenancy = view.application.tenancy
    tenant = row.values.get(tenancy.relation) if tenancy else None
    parent = view.get(row, entity.part_of) if entity.part_of else None
    return f"{collection_path(view, entity, tenant, parent)}/{row.id}"


def collection_path(view: View, entity: Entity, tenant: str | None, parent: Row | None) -> str:
    """The path of a collection within a tenant, or below a parent."""
    path = collection(view.application, entity)
    tenancy = view.application.tenancy
    values: dict[str, str] = {}
    while parent is not None:
        values[f"{snake(parent.entity)}_id"] = parent.id
        above = view.application.entities[parent.entity]
        tenant = tenant or (parent.values.get(tenancy.relation) if tenancy else None)
        parent = view.get(parent, above.part_of) if above.part_of else None
    if tenancy and tenant:
        values[f"{tenancy.relation}_id"] = tenant
    return fill(path, values)


def tenant_prefix(view: View, tenant: str | None) -> str:
    """What stands before the paths of a tenant's operations, reports and feeds."""
    tenancy = view.application.tenancy
    if tenancy is None or tenant is None:
        return ""
    return f"/{view.application.entities[tenancy.tenant].segment}/{tenant}"
