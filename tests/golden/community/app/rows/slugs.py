"""Slugs: the part of an address that is made from a text."""

from __future__ import annotations

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")
_EMPTY = "item"


def slug_of(text: str, max_length: int) -> str:
    """The slug of a text: ASCII letters and digits in lower case, everything else one hyphen.

    Accents are dropped. At most `max_length` characters; `item` if nothing is left.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    slug = _OTHER.sub("-", letters).strip("-")[:max_length].rstrip("-")
    return slug or _EMPTY
