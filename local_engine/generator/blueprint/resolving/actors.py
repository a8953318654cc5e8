"""Reads actors: `owner`, `member:editor`, `post.author`, `baker if status == 'open'`, ..."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_engine.generator.blueprint import resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.paths import follow, owner_path
from local_engine.generator.blueprint.resolving.shapes import Names

_CLAUSE = re.compile(r"\s*(?P<actor>\S+)(?:\s+if\s+(?P<condition>.+))?\s*", re.S)
_WORDS = ("public", "authenticated", "owner", "member", "nobody")


@dataclass(frozen=True)
class ActorReader:
    """Reads the actors of one place in the Blueprint.

    Without `outline` no row is at hand (operations, reports, feeds): only public, authenticated,
    roles and members of the tenant are meant then. `creating` tells that the row is being made,
    so whoever makes it is its owner.
    """

    context: Context
    outline: Outline | None
    creating: bool = False

    def read(self, actors: list[str] | None, path: Path) -> resolved.Access:
        """Everybody whom some of the actors admits; missing or `nobody`: no one."""
        clauses: list[resolved.Clause] = []
        for index, written in enumerate(actors or ()):
            at = (*path, index) if actors is not None and len(actors) > 1 else path
            clause = self._clause(written, at)
            if clause is None:
                continue
            if any(_same(clause, other) for other in clauses):
                self.context.error(at, "dead-clause", f"`{written}` is said twice.")
            else:
                clauses.append(clause)
        if actors is not None and len(actors) > 1 and "nobody" in actors:
            self.context.error(path, "contradiction", "`nobody` cannot stand beside other actors.")
        self._find_dead(clauses, path)
        return resolved.Access(tuple(clauses))

    def _clause(self, written: str, path: Path) -> resolved.Clause | None:
        found = _CLAUSE.fullmatch(written)
        if found is None:
            message = f"`{written}` is not an actor: write one, or `actor if condition`."
            self.context.error(path, "unknown-actor", message)
            return None
        word = found["actor"]
        actor = None if word == "nobody" else self._actor(word, path)
        condition = None
        if found["condition"] is not None:
            condition = self._condition(found["condition"], word, path, found.start("condition"))
            if condition is None:
                return None
        if actor is None:
            return None
        return resolved.Clause(actor, condition, " ".join(written.split()))

    def _condition(self, text: str, word: str, path: Path, offset: int) -> Expression | None:
        if self.outline is None:
            message = "There is no row here that a condition could look at."
            self.context.error(path, "unknown-actor", message)
            return None
        shapes = self.context.shapes
        scope = Names(shapes[self.outline.name]).with_user(shapes[USER], optional=word == "public")
        return self.context.condition(text, scope, path, offset=offset)

    def _actor(self, word: str, path: Path) -> resolved.Actor | None:
        context = self.context
        if word == "public":
            return resolved.Public()
        if word == "authenticated":
            return resolved.Authenticated()
        if word == "member" or word.startswith("member:"):
            return self._member(word, path)
        if word in context.roles:
            self._warn_if_relation(word, path)
            return resolved.HasRole(word)
        if self.outline is None:
            self._unknown(word, path)
            return None
        if word == "owner" and "owner" not in self.outline.to_one:
            return self._owner(path)
        if "." not in word and word not in self.outline.to_one:
            if word not in self.outline.broken:
                self._unknown(word, path)
            return None
        return self._at(word, path)

    def _warn_if_relation(self, role: str, path: Path) -> None:
        """A role comes before a relation of the same name; that may not be what is meant."""
        outline = self.outline
        if outline is None or self.creating or role not in outline.to_one:
            return
        if outline.to_one[role].to == USER and role != outline.source.owner:
            message = (
                f"`{role}` is a role and a relation of {outline.name}; everybody with the role is"
                " meant here. Rename one to be clear."
            )
            self.context.warning(path, "ambiguous-actor", message)

    def _owner(self, path: Path) -> resolved.Actor | None:
        assert self.outline is not None
        if self.creating and self.outline.source.owner is not None:
            return resolved.Authenticated()
        steps = owner_path(self.context, self.outline)
        if steps is None:
            if self.outline.source.owner is None:
                message = f"{self.outline.name} has no `owner`, so nobody is meant."
                self.context.error(path, "no-owner", message)
            return None
        return resolved.UserAt(steps, "owner")

    def _at(self, word: str, path: Path) -> resolved.Actor | None:
        assert self.outline is not None
        found = follow(self.context, self.outline, word, path)
        if found is None:
            return None
        if found.end.name != USER:
            message = f"`{word}` leads to {found.end.name}, not to a User."
            suggestion = f"{word}.owner" if owner_path(self.context, found.end) else None
            self.context.error(path, "unknown-actor", message, suggestion)
            return None
        return resolved.UserAt(found.steps, word)

    def _member(self, word: str, path: Path) -> resolved.Actor | None:
        place = self._place()
        if place is None:
            self.context.error(
                path,
                "no-place",
                "There is no place that one could be a member of: say `place` (a path to an"
                " entity with `members`), or use a tenancy.",
            )
            return None
        steps, entity = place
        role = word.partition(":")[2] or None if ":" in word else None
        if ":" in word:
            roles = member_roles(self.context, entity)
            if roles is None or (role or "") not in roles:
                found = closest(role or "", roles or ())
                message = f"A member of {entity} has no role `{role}`."
                suggestion = f"member:{found}" if found else None
                self.context.error(path, "unknown-role", message, suggestion)
                return None
        return resolved.Member(steps, entity, role)

    def _place(self) -> tuple[tuple[str, ...], str] | None:
        context, outline = self.context, self.outline
        if outline is None:
            return ((), context.tenant) if context.tenant else None
        if outline.name == context.tenant or outline.source.members is not None:
            return (), outline.name
        if outline.source.place is not None:
            found = follow_place(context, outline)
            return (found, _place_name(context, outline)) if found else None
        if outline.tenanted and context.tenant and context.tenant_relation:
            return (context.tenant_relation,), context.tenant
        return None

    def _unknown(self, word: str, path: Path) -> None:
        known = [*_WORDS, *self.context.roles]
        if self.outline is not None:
            users = [name for name, ref in self.outline.to_one.items() if ref.to == USER]
            known += users
        else:
            known.remove("owner")
        message = f"`{word}` is not an actor: no role of `accounts`, no relation to User."
        self.context.error(path, "unknown-actor", message, closest(word, known))

    def _find_dead(self, clauses: list[resolved.Clause], path: Path) -> None:
        """Clauses that admit nobody whom another one does not admit already."""
        wide = next(
            (
                clause
                for kind in (resolved.Public, resolved.Authenticated)
                for clause in clauses
                if isinstance(clause.actor, kind) and clause.condition is None
            ),
            None,
        )
        for clause in clauses:
            if wide is not None and clause is not wide:
                message = f"`{clause.written}` is dead: `{wide.written}` admits them already."
                self.context.error(path, "dead-clause", message)
                continue
            for other in clauses:
                if clause is not other and _covers(other, clause):
                    message = f"`{clause.written}` is dead: `{other.written}` admits them already."
                    self.context.error(path, "dead-clause", message)


def _same(one: resolved.Clause, other: resolved.Clause) -> bool:
    return (
        one.actor == other.actor
        and (one.condition.text if one.condition else None)
        == (other.condition.text if other.condition else None)
        and one.written == other.written
    )


def _covers(wide: resolved.Clause, narrow: resolved.Clause) -> bool:
    """Whether `wide` admits whoever `narrow` admits (and they differ)."""
    if wide.condition is not None:
        return False
    if isinstance(wide.actor, resolved.Member) and isinstance(narrow.actor, resolved.Member):
        same_place = wide.actor.path == narrow.actor.path and wide.actor.place == narrow.actor.place
        narrower = narrow.actor.role is not None or narrow.condition is not None
        return same_place and wide.actor.role is None and narrower
    return wide.actor == narrow.actor and narrow.condition is not None


def follow_place(context: Context, outline: Outline) -> tuple[str, ...] | None:
    """The steps of `place`, without telling problems (the entity's own check tells them)."""
    steps: list[str] = []
    at = outline
    for word in (outline.source.place or "").split("."):
        reference = at.to_one.get(word)
        if reference is None:
            return None
        steps.append(word)
        at = context.outlines[reference.to]
    return tuple(steps) if at.source.members is not None else None


def _place_name(context: Context, outline: Outline) -> str:
    at = outline
    for word in (outline.source.place or "").split("."):
        at = context.outlines[at.to_one[word].to]
    return at.name


def member_roles(context: Context, place: str) -> tuple[str, ...] | None:
    """The roles that members of a place (or of the tenant) can have; None where there are none."""
    tenancy = context.blueprint.tenancy
    source = context.outlines[place].source.members
    if source is not None:
        through, role = source.through, source.role
    elif tenancy is not None and place == context.tenant:
        through, role = tenancy.through, tenancy.role
    else:
        return None
    outline = context.outlines.get(through)
    if outline is None or role is None or role not in outline.fields:
        return None
    return tuple(outline.fields[role].values)
