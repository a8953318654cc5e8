"""Words of visibility: what is not understood exactly gets the nearest stricter access."""

from __future__ import annotations

from collections.abc import Callable

from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.reading.phrases import Phrase
from local_engine.generator.planner.tokens import singular

_EVERYBODY = frozenset({"everyone", "everybody", "all", "anyone", "public", "world", "users"})
_SHARING = frozenset({"shared", "visible", "accessible", "readable", "viewable", "open"})
_INSIDERS = frozenset({"team", "staff", "employees", "colleagues", "members"})
_ONESELF = frozenset({"me", "myself", "i", "owner", "author", "creator", "others"})
_OWN = frozenset({"private", "secret", "hidden", "confidential"})


def _private(draft: Draft, phrase: Phrase) -> bool:
    what = phrase.parts.get("what", "")
    if what.startswith("draft"):
        post = draft.find("post") or draft.find("page")
        if post is None:
            return False
        draft.decide(f"entities.{post.name}.access.read", "drafts: the owner alone", phrase.span)
        return True
    thing = _meant(draft, what)
    if what and thing is None:
        return False
    chosen = [thing] if thing else [t for t in draft.things.values() if t.kind != "catalogue"]
    for each in chosen:
        each.flags["private"] = True
        draft.decide(f"entities.{each.name}.access", "only the owner", phrase.span)
    draft.flags["private_span"] = phrase.span
    return True


def _restricted(draft: Draft, phrase: Phrase) -> bool:
    """Words of visibility: what is not understood exactly gets the nearest stricter access."""
    what, word = phrase.parts.get("what", ""), phrase.parts["word"]
    thing = _meant(draft, what) or draft.near(phrase.span[0])
    if thing is None:
        return False
    whom = phrase.parts.get("whom", "")
    if whom in _EVERYBODY or (word in _SHARING and not whom):
        return False
    role = _role_of(draft, whom)
    if role:
        thing.flags["seen_by"] = [role]
        seen = role
    elif word == "internal" or whom in _INSIDERS:
        thing.flags["seen_by"] = list(dict.fromkeys(draft.roles.values())) or ["authenticated"]
        seen = ", ".join(thing.flags["seen_by"])
    else:
        thing.flags["private"] = True
        seen = "only the owner"
    exact = bool(role) or whom in _ONESELF or (word in _OWN and not whom)
    path = f"entities.{thing.name}.access.read"
    draft.decide(path, seen, phrase.span)
    if not exact:
        words = " ".join(draft.text[phrase.span[0] : phrase.span[1]].split())
        draft.ask(f"Who may see what is “{words}”? {seen[:1].upper() + seen[1:]}, for now.", path)
    return True


def _meant(draft: Draft, words: str) -> Thing | None:
    """The thing that words name; `entries` are those of a diary as well."""
    found = draft.lookup(words) if words else None
    endings = tuple(f"_{singular(word)}" for word in words.split())
    alike = [thing for thing in draft.things.values() if endings and thing.key.endswith(endings)]
    return found or (alike[0] if len(alike) == 1 else None)


def _role_of(draft: Draft, whom: str) -> str | None:
    """The role that a word such as `moderators` means, if there is such a role."""
    return draft.roles.get(singular(whom.split()[0])) if whom else None


def _public(draft: Draft, phrase: Phrase) -> bool:
    thing = draft.lookup(phrase.parts["what"])
    if thing is None:
        return False
    thing.flags["public"] = True
    draft.decide(f"entities.{thing.name}.access.read", "public", phrase.span)
    return True


VISIBILITY: dict[str, Callable[[Draft, Phrase], bool]] = {
    "private": _private,
    "restricted": _restricted,
    "public": _public,
}
