"""Resolves places with members, and the tenancy."""

from __future__ import annotations

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving.actors import member_roles
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.paths import follow


def resolve_members(context: Context, outline: Outline) -> resolved.Members | None:
    """The members of a place or of the tenant; None where the entity is neither."""
    source = outline.source.members
    if outline.name == context.tenant and context.blueprint.tenancy is not None:
        if source is not None:
            path: Path = ("entities", outline.name, "members")
            message = "The tenant's members are said under `tenancy`: leave `members` out."
            context.error(path, "contradiction", message, at_key=True)
        return _Membership(context, outline, context.blueprint.tenancy, ("tenancy",)).resolve()
    if source is None:
        return None
    return _Membership(context, outline, source, ("entities", outline.name, "members")).resolve()


class _Membership:
    def __init__(
        self,
        context: Context,
        place: Outline,
        source: model.Members | model.Tenancy,
        path: Path,
    ) -> None:
        self._context = context
        self._place = place
        self._source = source
        self._path = path

    def resolve(self) -> resolved.Members | None:
        """The members; None (and noted problems) where the entity named does not fit."""
        source = self._source
        through = self._context.entity(source.through, (*self._path, "through"))
        if through is None:
            return None
        relation = self._place_relation(through)
        user = self._user_relation(through)
        if relation is None or user is None:
            return None
        self._check_role(through)
        self._check_unique(through, relation, user)
        join_open = isinstance(source, model.Members) and source.join == "open"
        self._check_join(through, join_open)
        creator_role = source.creator_role if isinstance(source, model.Tenancy) else None
        self._check_creator_role(creator_role)
        return resolved.Members(
            through=through.name,
            place_relation=relation,
            user_relation=user,
            role_field=source.role if source.role in through.fields else None,
            roles=member_roles(self._context, self._place.name) or (),
            join_open=join_open,
            creator_role=creator_role,
        )

    def _error(self, key: str, code: str, message: str, suggestion: str | None = None) -> None:
        self._context.error((*self._path, key), code, message, suggestion)

    def _place_relation(self, through: Outline) -> str | None:
        leading = [
            name for name, reference in through.to_one.items() if reference.to == self._place.name
        ]
        if len(leading) == 1:
            if through.to_one[leading[0]].optional:
                message = f"`{leading[0]}` of {through.name} must be required."
                self._error("through", "members", message)
            return leading[0]
        if not through.broken:
            count = "no relation" if not leading else "several relations"
            message = f"{through.name} has {count} to {self._place.name}; it needs exactly one."
            self._error("through", "members", message)
        return None

    def _user_relation(self, through: Outline) -> str | None:
        name = self._source.user
        reference = through.to_one.get(name)
        users = [key for key, found in through.to_one.items() if found.to == USER]
        if reference is None or reference.to != USER:
            if name not in through.broken:
                message = f"{through.name} has no relation `{name}` to User."
                suggestion = closest(name, users) or (users[0] if users else None)
                self._error("user", "unknown-relation", message, suggestion)
            return None
        if reference.optional:
            self._error("user", "members", f"`{name}` of {through.name} must be required.")
        return name

    def _check_role(self, through: Outline) -> None:
        role = self._source.role
        if role is None or role in through.broken:
            return
        field = through.fields.get(role)
        enums = [name for name, found in through.fields.items() if found.type == "enum"]
        if field is None or field.type != "enum":
            message = f"{through.name} has no enum field `{role}`."
            self._error("role", "unknown-field", message, closest(role, enums))
        elif field.optional:
            self._error("role", "members", f"`{role}` of {through.name} must be required.")

    def _check_unique(self, through: Outline, relation: str, user: str) -> None:
        """One membership a place and user; in a tenancy every rule is per tenant anyway."""
        wanted = {relation, user}
        tenant = self._context.tenant_relation if through.tenanted else None
        for rule in through.source.rules:
            if isinstance(rule, model.UniqueRule) and rule.where is None:
                names = set(rule.unique)
                if names == wanted or names - {tenant} == wanted - {tenant}:
                    return
        names_text = user if relation == tenant else f"{relation}, {user}"
        message = (
            f"Nobody can be a member twice: {through.name} needs the rule"
            f" `{{unique: [{names_text}]}}`."
        )
        self._context.error((*self._path, "through"), "members", message)

    def _check_join(self, through: Outline, join_open: bool) -> None:
        owner = through.source.owner
        if join_open and owner != self._source.user:
            message = (
                f"Where people join by themselves, {through.name} needs"
                f" `owner: {self._source.user}`."
            )
            self._error("join", "members", message)
        if not join_open and owner is not None and owner == self._source.user:
            message = (
                f"The owner of a {through.name} is whoever creates it, so people could only join"
                " by themselves: say `join: open`, or leave `owner` out."
            )
            self._context.error((*self._path, "through"), "members", message)

    def _check_creator_role(self, role: str | None) -> None:
        if not isinstance(self._source, model.Tenancy):
            return
        roles = member_roles(self._context, self._place.name)
        if role is None:
            if roles:
                message = "Say which role the creator of a tenant gets: `creator_role`."
                self._context.error(self._path, "tenancy", message, at_key=True)
        elif roles is None or role not in roles:
            message = f"`{role}` is not a role of {self._source.through}."
            self._error("creator_role", "unknown-role", message, closest(role, roles or ()))


def check_place(context: Context, outline: Outline) -> tuple[str, ...] | None:
    """The path of `place`, which must lead to an entity with members."""
    text = outline.source.place
    if text is None:
        return None
    path: Path = ("entities", outline.name, "place")
    found = follow(context, outline, text, path)
    if found is None:
        return None
    if found.end.source.members is None:
        message = f"{found.end.name} has no `members`, so it is not a place."
        if found.end.name == context.tenant:
            message = "The tenant is every row's place already: leave `place` out."
        context.error(path, "no-place", message)
        return None
    if found.optional:
        message = f"`{text}` may be missing; a row always has its place."
        context.error(path, "no-place", message)
    return found.steps


def check_tenancy(context: Context) -> None:
    """What only the tenant's own entity can get wrong."""
    if context.tenant is None:
        return
    outline = context.outlines[context.tenant]
    path: Path = ("entities", outline.name)
    if outline.source.part_of is not None or outline.source.shared:
        key = "part_of" if outline.source.part_of is not None else "shared"
        message = "The tenant stands by itself: it is no part and not shared."
        context.error((*path, key), "tenancy", message, at_key=True)
    if outline.source.access.create not in (["authenticated"], None, ["nobody"]):
        message = "Who may create a tenant is `authenticated` (the creator becomes its member)."
        context.error((*path, "access", "create"), "tenancy", message)
    through = (
        context.outlines.get(context.blueprint.tenancy.through)
        if context.blueprint.tenancy
        else None
    )
    if through is not None:
        _check_creatable(context, through)


def _check_creatable(context: Context, through: Outline) -> None:
    """The creator's own membership is made without input: everything else needs a default."""
    tenancy = context.blueprint.tenancy
    assert tenancy is not None
    for name in through.fields:
        field = context.resolve_field(through.name, name)
        if field is not None and field.required_on_create and name != tenancy.role:
            message = (
                f"A tenant's creator becomes a member at once, so `{name}` of {through.name} needs"
                " a default (or `optional: true`)."
            )
            at: Path = ("entities", through.name, "fields", name)
            context.error(at, "tenancy", message, at_key=True)
    for name, reference in through.to_one.items():
        if reference.source is not None and not reference.optional and name != tenancy.user:
            message = (
                f"A tenant's creator becomes a member at once, so `{name}` of {through.name} must"
                " be optional."
            )
            at = ("entities", through.name, "relations", name)
            context.error(at, "tenancy", message, at_key=True)
