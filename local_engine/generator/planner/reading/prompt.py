"""The whole prompt: head, clauses, and the rule phrases among them."""

from __future__ import annotations

from collections.abc import Sequence

from local_engine.generator.planner.draft import Draft
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.reading.clauses import ClauseReader
from local_engine.generator.planner.reading.head import Head, read_head
from local_engine.generator.planner.reading.phrases import Phrase, find_phrases
from local_engine.generator.planner.tokens import Token, singular

_BREAKS = frozenset({".", ";", "!", "?", "\n", ":"})
_BEFORE_LISTS = frozenset(
    ["role", "roles", "status", "statuses", "states", "stages", "type", "types", "kind", "kinds"]
)
_LONGEST_NAME = 60
_LONGEST_CLAUSE = 120
"""A clause without an end is cut after so many tokens."""


def read_prompt(draft: Draft, tokens: Sequence[Token]) -> set[int]:
    """Reads everything into the draft; gives the indexes of the tokens that were used."""
    used: set[int] = set()
    head = read_head(tokens)
    used.update(head.used)
    draft.product, draft.product_key = head.facts, head.key
    draft.name = head.name
    if head.key:
        draft.decide("name", head.name, (tokens[head.used[0]].start, tokens[head.used[-1]].end))
    phrases: list[Phrase] = []
    masked: set[int] = set()
    clauses = split_clauses(tokens[head.end :])
    for clause in clauses:
        phrases += find_phrases(draft.text, clause, masked)
    draft.flags["phrases"] = phrases
    _tenant(draft, phrases)
    reader = ClauseReader(draft, used)
    _head_thing(draft, head, tokens, reader)
    for clause in clauses:
        reader.read([token for token in clause if token.index not in masked])
    draft.name = " ".join(draft.name.split())[:_LONGEST_NAME].strip()
    return used


def _tenant(draft: Draft, phrases: list[Phrase]) -> None:
    for phrase in phrases:
        if phrase.kind == "tenancy":
            word = phrase.parts.get("tenant") or phrase.parts.get("tenant2") or "organisation"
            draft.tenant = singular(word)
            draft.flags["tenant_span"] = phrase.span


def _head_thing(draft: Draft, head: Head, tokens: Sequence[Token], reader: ClauseReader) -> None:
    """A head such as `Todo list` or `Recipes with ...` is a thing as well."""
    if not head.noun:
        return
    known = lexicon().concepts
    for start in range(len(head.noun)):
        concept = known.get("_".join(head.noun[start:]))
        if concept is not None:
            after = tokens[head.end].lower if head.end < len(tokens) else ""
            if _is_stored(head, concept.key, after):
                span = (tokens[head.used[0]].start, tokens[head.used[-1]].end)
                reader.context = draft.thing("_".join(head.noun[start:]), concept, span)
            return


def _is_stored(head: Head, concept: str, after: str) -> bool:
    """Whether the noun of the head is an entity, and not only the name of the product."""
    if not head.facts:
        return head.titled or after != ":"
    known = lexicon().concepts
    usual = {known[noun].key for noun in head.facts.get("default", ())}
    return concept in usual and (after in ("with", "(") or (head.titled and after != ":"))


def split_clauses(tokens: Sequence[Token]) -> list[list[Token]]:
    """Clauses between full stops, semicolons, colons and line ends."""
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        before = clauses[-1][-1].lower if clauses[-1] else ""
        if token.lower in _BREAKS and not (token.lower == ":" and before in _BEFORE_LISTS):
            clauses.append([])
        else:
            if len(clauses[-1]) >= _LONGEST_CLAUSE:
                clauses.append([])
            clauses[-1].append(token)
    return [clause for clause in clauses if clause]
