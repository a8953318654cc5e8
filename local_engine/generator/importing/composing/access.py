"""Who may do what: a source of structure cannot say it, so the safe answer is assumed."""

from __future__ import annotations

from collections import deque

from local_engine.generator.importing.composing.draft import USER, Draft, EntityDraft

USER_WORDS = (
    "owner", "user", "author", "creator", "created_by", "customer", "client", "holder", "account",
    "member", "student", "patient", "buyer", "seller", "sender", "uploader", "uploaded_by",
    "submitted_by", "posted_by", "reporter", "organizer", "host", "guest",
)  # fmt: skip
_NOT_OWNERS = frozenset(
    {"assignee", "assigned_to", "reviewer", "approver", "approved_by", "updated_by", "modified_by"}
    | {"deleted_by", "recipient", "receiver", "reviewed_by", "closed_by", "parent", "manager"}
)
_MAX_STEPS = 3


def decide_access(draft: Draft) -> None:
    """Gives every entity an owner where one can be seen, and access that shows nobody's data."""
    entities = [entity for entity in draft.entities.values() if entity.name != USER]
    for entity in entities:
        _find_owner(draft, entity)
    for entity in entities:
        _find_parent(draft, entity)
    for entity in entities:
        _decide(draft, entity)


def _find_owner(draft: Draft, entity: EntityDraft) -> None:
    candidates = [
        name
        for name, relation in entity.relations.items()
        if relation.get("to") == USER and not relation.get("optional") and name not in _NOT_OWNERS
    ]
    named = [name for name in USER_WORDS if name in candidates]
    if named or len(candidates) == 1:
        entity.owner = (named or candidates)[0]
        relation = entity.relations[entity.owner]
        relation.pop("immutable", None)
        path = f"{entity.path}.owner"
        draft.account.assumed(
            entity.source,
            path,
            f"`{entity.owner}` owns the row: it is set to who creates it and never changes",
        )


def _find_parent(draft: Draft, entity: EntityDraft) -> None:
    """What goes with exactly one other row, and belongs to nobody by itself, is a part of it."""
    if entity.owner is not None:
        return
    parents = [
        name
        for name, relation in entity.relations.items()
        if relation.get("on_delete") == "cascade"
        and not relation.get("optional")
        and relation["to"] not in (USER, entity.name)
    ]
    if len(parents) != 1 or _leads_back(draft, entity.relations[parents[0]]["to"], entity.name):
        return
    entity.part_of = parents[0]
    del entity.relations[parents[0]]["on_delete"]
    parent = entity.relations[parents[0]]["to"]
    draft.account.assumed(
        entity.source,
        f"{entity.path}.part_of",
        f"it is deleted with its {parent}, so it is a part of it: its routes are below that"
        " row's, and who may read or change the one may do so with the other",
    )


def _leads_back(draft: Draft, begin: str, end: str) -> bool:
    """Whether the parents of `begin` lead to `end`."""
    at: str | None = begin
    while at is not None and at != end:
        entity = draft.entities[at]
        at = entity.relations[entity.part_of]["to"] if entity.part_of else None
    return at == end


def _decide(draft: Draft, entity: EntityDraft) -> None:
    path = f"{entity.path}.access"
    if entity.part_of is not None:
        return
    through = "owner" if entity.owner else _path_to_owner(draft, entity)
    if through is None:
        readers = {"list": "authenticated", "read": "authenticated"}
        writers = {"create": "admin", "update": "admin", "delete": "admin"}
        entity.access = readers | writers
        text = "everybody signed in may read it and only an admin may write it: who should?"
    else:
        create = "authenticated" if entity.owner else through
        entity.access = {
            "list": through, "read": through, "create": create, "update": through,
            "delete": through,
        }  # fmt: skip
        text = f"only `{through}` may read, change and delete it: who else should?"
    draft.account.ask(entity.source, path, text)


def _path_to_owner(draft: Draft, entity: EntityDraft) -> str | None:
    """The shortest path of required relations to a row that has an owner: `order.owner`."""
    waiting: deque[tuple[EntityDraft, tuple[str, ...]]] = deque([(entity, ())])
    while waiting:
        at, steps = waiting.popleft()
        if steps and at.owner:
            return ".".join((*steps, "owner"))
        if len(steps) == _MAX_STEPS:
            continue
        for name, relation in at.relations.items():
            target = relation.get("to")
            if target in (None, USER, entity.name) or relation.get("optional"):
                continue
            waiting.append((draft.entities[target], (*steps, name)))
    return None
