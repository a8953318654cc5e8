"""What asking models has used: tokens, and money in microdollars."""

from __future__ import annotations

from dataclasses import dataclass

_BYTES_PER_TOKEN = 4
"""What providers themselves give as a rule of thumb for English text and JSON."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call or of several.

    `output_tokens` are those of the answer, `thinking_tokens` those before it: providers charge
    both alike. `cost_microdollars` is None when the price of a model is not known. An `estimated`
    one was not told by the provider, who broke off: it is counted from the bytes.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0
    cost_microdollars: int | None = 0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """All tokens together."""
        return self.input_tokens + self.output_tokens + self.thinking_tokens

    def __add__(self, other: Usage) -> Usage:
        costs = (self.cost_microdollars, other.cost_microdollars)
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.thinking_tokens + other.thinking_tokens,
            None if None in costs else sum(cost for cost in costs if cost is not None),
            self.estimated or other.estimated,
        )


NOTHING_USED = Usage()


def estimated_tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def most_tokens(text: str) -> int:
    """More tokens than a text can well be: two letters each, other characters a byte each.

    The frame that a provider puts around it is counted too.
    """
    size = len(text.encode(errors="replace"))
    others = size - sum(character.isascii() for character in text)
    return _FRAME + others + -(-(size - others) // 2)


_FRAME = 64
