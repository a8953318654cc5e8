"""Secrets stay here: in what a model is shown, a placeholder stands in the place of each.

Verification has masked what it tells already. This is for what people write into code, and for
what a service writes to its log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SECRETS = (
    re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
    ),
    re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"),  # a signed token
    re.compile(r"\b(?:sk|pk|rk|gsk|ghp|gho|xox[abp])[-_][\w-]{12,}|\bAIza[\w-]{20,}|\bAKIA\w{12,}"),
    re.compile(r"(?<=://)[^\s/:@'\"]*:[^\s@'\"]+(?=@)"),  # an address with a password
    re.compile(r"(?i)(?<=bearer )[\w.~+/-]{8,}=*"),
    re.compile(
        r"""(?ix)(?:password|passwd|secret|token|api_?key|credential)\w*["']?\s*(?::[^=\n]{0,30})?
        [=:]\s*(?:[rbf]{0,2}["'])(?P<value>[^"'\n]{4,})(?=["'])"""
    ),
)


@dataclass(frozen=True)
class Masked:
    """A text without its secrets, and what each placeholder in it stands for."""

    text: str
    secrets: Mapping[str, str]

    def restored(self, text: str) -> str | None:
        """Another version of the text, with the secrets where they were.

        None where a placeholder is in a line that the text did not have: a secret does not go to
        other places because a model says so.
        """
        lines = {line.strip() for line in self.text.splitlines()}
        for line in text.splitlines():
            if any(one in line for one in self.secrets) and line.strip() not in lines:
                return None
        for placeholder, secret in self.secrets.items():
            if text.count(placeholder) > self.text.count(placeholder):
                return None
            text = text.replace(placeholder, secret)
        return text


def mask(text: str) -> Masked:
    """Take the secrets out of a text."""
    secrets: dict[str, str] = {}

    def hide(match: re.Match[str]) -> str:
        group = "value" if match.groupdict().get("value") else 0
        value = match[group]
        if value.startswith("HIDDEN_"):
            return match[0]
        number = len(secrets) + 1
        while (placeholder := f"HIDDEN_{number}_") in text:
            number += 1
        secrets[placeholder] = value
        start, end = (place - match.start() for place in match.span(group))
        return f"{match[0][:start]}{placeholder}{match[0][end:]}"

    masked = text
    for pattern in _SECRETS:
        masked = pattern.sub(hide, masked)
    return Masked(masked, secrets)
