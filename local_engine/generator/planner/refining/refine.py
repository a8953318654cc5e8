"""`refine`: a prompt about a Blueprint that is there becomes edits of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_engine.generator.blueprint import Document
from local_engine.generator.blueprint.editing import EditsRefused, apply_edits, edits_of
from local_engine.generator.planner.language import refuse_other_languages, refuse_shapes
from local_engine.generator.planner.refining.intents import INTENTS
from local_engine.generator.planner.refining.known import Known
from local_engine.generator.planner.refining.results import (
    NotMine,
    Refined,
    Refinement,
    Step,
    Unclear,
)
from local_engine.generator.planner.results import Question
from local_engine.generator.planner.tokens import lowered, tokenise

MAX_CLAUSES = 100
"""More parts of a prompt than this are counted in one question."""
_LONGEST = 400
_VERBS = (
    "add|rename|remove|delete|drop|make|limit|allow|let|only|call|set|change|give|create|use|nobody"
)
_BREAK = re.compile(
    rf"[;\n!?]+|\.(?=\s|$)|,? (?:and )?then |,? and (?=(?:{_VERBS}) )|, (?=(?:{_VERBS}) )"
)
_ACTING = re.compile(r"\b(?:may|can|could|should|must|will|allow|let|permit|enable)\b")
_ACT = re.compile(r"(?:add|create|change|delete|drop|remove|use) ")
_POLITE = re.compile(
    r"^(?:please|kindly|now|also|and|then|i want you to|i want to|i would like to|i'd like to"
    r"|we want to|we need to|i need to|can you|could you|let's|you should)[, ]+"
)


@dataclass(frozen=True)
class _Clause:
    text: str
    quote: str


def refine(prompt: str, document: Document) -> Refinement:
    """The edits of a valid document that a prompt asks for; the same for the same two.

    Each clause becomes edits that the Blueprint can take, after those before it, or a question.
    Raises PlanningError for an empty prompt, NotUnderstood for one that is not English, and
    BlueprintErrors for a document with problems.
    """
    refuse_shapes(prompt)
    refuse_other_languages(tokenise(prompt[:5000]))
    base = document.blueprint
    changes: list[Refined] = []
    questions: list[Question] = []
    clauses = _clauses(prompt)
    for clause in clauses[:MAX_CLAUSES]:
        try:
            steps = _steps(clause, document)
            edits = edits_of([dict(step.edit) for step in steps])
            document = apply_edits(document, edits, base=base).document
        except Unclear as unclear:
            questions.append(unclear.question)
        except EditsRefused as refusal:
            questions.append(_cannot(clause, refusal))
        else:
            changes += [
                Refined(edit, step.why, clause.quote)
                for edit, step in zip(edits, steps, strict=True)
            ]
    if len(clauses) > MAX_CLAUSES:
        rest = len(clauses) - MAX_CLAUSES
        questions.append(Question(f"{rest} more sentences were not read. Say them by themselves."))
    return Refinement(tuple(changes), tuple(dict.fromkeys(questions)))


def _clauses(prompt: str) -> list[_Clause]:
    found = []
    begin = 0
    small = lowered(prompt)
    ends = [(match.start(), match.end()) for match in _BREAK.finditer(small)]
    for end, after in [*ends, (len(prompt), len(prompt))]:
        if _ACTING.search(small[begin:end]) and _ACT.match(small[after:]):
            continue  # `may edit and delete posts` is one statement
        quote = " ".join(prompt[begin:end].split()).strip(" ,")
        text = " ".join(small[begin:end].split()).strip(" ,\"'")
        while (shorter := _POLITE.sub("", text)) != text:
            text = shorter
        if text:
            found.append(_Clause(text, quote))
        begin = after
    return found


def _steps(clause: _Clause, document: Document) -> list[Step]:
    if len(clause.text) > _LONGEST:
        short = f"{clause.quote[:80]}…"
        raise Unclear(f"“{short}” is a lot at once. Say it in short sentences.", (), short)
    for intent in INTENTS:
        match = intent.pattern.fullmatch(clause.text)
        if match is None:
            continue
        parts = {key: value for key, value in match.groupdict().items() if value}
        try:
            steps = list(intent.maker(Known(document.blueprint.plain()), parts))
        except NotMine:
            continue
        if steps:
            return steps
        raise Unclear(f"“{clause.quote}” is so already.", (), clause.quote)
    text = f"What should “{clause.quote}” change? It is not clear to me."
    raise Unclear(text, (), clause.quote)


def _cannot(clause: _Clause, refusal: EditsRefused) -> Question:
    """Why the Blueprint cannot take what was asked for."""
    reasons = [one for one in refusal.problems if one.severity == "error"][:3]
    told = " ".join(f"{one.message}" for one in reasons)
    return Question(f"“{clause.quote}” is not possible as it is: {told}", (), clause.quote)
