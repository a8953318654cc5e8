"""English for the sentences of checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from local_engine.verification.checks import Check

_ARTICLE = re.compile(r"\b([Aa]) (?=[AEIOUaeiou])(?![Uu]ser|[Uu]ni|[Oo]ne)")


def with_articles(checks: Iterable[Check]) -> Iterator[Check]:
    """The checks, with `an` where a vowel follows."""
    for check in checks:
        yield replace(check, sentence=_ARTICLE.sub(r"\1n ", check.sentence))
