"""The prompt as tokens with their places, and the dictionary forms of English words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_WORD = 60
"""Longer words keep their place but are cut when they are compared or become names."""

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)?|[^\W\d][\w]*(?:['’][^\W\d]+|-[^\W\d_]\w*)*['’]?|\n|[^\w\s]", re.UNICODE
)
_IRREGULAR_NOUNS = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "feet": "foot",
    "teeth": "tooth",
    "criteria": "criterion",
    "data": "data",
    "media": "media",
    "staff": "staff",
    "news": "news",
    "series": "series",
    "species": "species",
    "shelves": "shelf",
    "lives": "life",
    "knives": "knife",
    "leaves": "leaf",
    "quizzes": "quiz",
    "movies": "movie",
    "cookies": "cookie",
    "hobbies": "hobby",
    "calories": "calorie",
    "sales": "sales",
    "address": "address",
    "analyses": "analysis",
    "buses": "bus",
    "statuses": "status",
    "salespeople": "salesperson",
    "chairmen": "chairman",
    "axes": "axe",
    "heroes": "hero",
    "potatoes": "potato",
    "tomatoes": "tomato",
}
_IRREGULAR_VERBS = {
    "bought": "buy",
    "wrote": "write",
    "written": "write",
    "gave": "give",
    "given": "give",
    "gives": "give",
    "won": "win",
    "lost": "lose",
    "sold": "sell",
    "sent": "send",
    "held": "hold",
    "paid": "pay",
    "made": "make",
    "saw": "see",
    "seen": "see",
    "kept": "keep",
    "taught": "teach",
    "took": "take",
    "taken": "take",
    "dying": "die",
    "lent": "lend",
    "left": "leave",
    "has": "have",
    "had": "have",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark of the prompt; `start` and `end` are its characters' places."""

    text: str
    lower: str
    start: int
    end: int
    index: int

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters."""
        return self.lower[:1].isalpha() or self.lower[:1] == "_"

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.lower[:1].isdigit()


def lowered(text: str) -> str:
    """The text in small letters, every character at its old place; curly apostrophes straight."""
    return "".join(small if len(small := char.lower()) == 1 else char for char in text).replace(
        "’", "'"
    )


def tokenise(text: str) -> list[Token]:
    """All tokens of a text."""
    small = lowered(text)
    tokens = []
    for index, found in enumerate(_TOKEN.finditer(small)):
        start, end = found.span()
        tokens.append(Token(text[start:end], small[start:end][:MAX_WORD], start, end, index))
    return tokens


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """The singular of a noun; a word that is singular already stays as it is."""
    if word in _IRREGULAR_NOUNS:
        return _IRREGULAR_NOUNS[word]
    if word.endswith("people") and len(word) > 6:
        return word[:-6] + "person"
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(ss|x|z|ch|sh)es$", word):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def is_plural(word: str) -> bool:
    """Whether a noun looks like a plural."""
    return singular(word) != word or word in ("staff", "data")


@lru_cache(maxsize=4096)
def verb_forms(word: str) -> tuple[str, ...]:
    """The infinitives that a verb form may belong to, likeliest first."""
    if word in _IRREGULAR_VERBS:
        return (_IRREGULAR_VERBS[word], word)
    forms = [word]
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    elif word.endswith("es"):
        forms += [word[:-1], word[:-2]]
    elif word.endswith("s"):
        forms.append(word[:-1])
    for ending in ("ing", "ied", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            if ending == "ied":
                forms.append(stem + "y")
                continue
            forms += [stem, stem + "e"]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return tuple(forms)


def text_of(tokens: Sequence[Token]) -> str:
    """The words of tokens, with single spaces."""
    return " ".join(token.text for token in tokens)
