"""Secrets written into files."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from local_engine.verification.checks import Check, CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.static.source import files

_KNOWN = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a Slack token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
    "an API key": re.compile(r"\bsk-[A-Za-z0-9_-]{32,}"),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "a password in a URL": re.compile(r"\b[a-z+]+://[^\s:/@$\"'{}<>]+:([^\s:/@$\"'{}<>]{6,})@"),
}
_ASSIGNED = re.compile(
    r"(?i)\b\w*(?:secret|passw(?:or)?d|api_?key|token)\w*[\"']?\s*[:=]\s*[\"']?([^\s\"',;)}]{16,})"
)
_READ = (".py", ".yaml", ".yml", ".toml", ".env", ".example", ".cfg", ".ini", ".sh", ".sql", "")
_PLACEHOLDER = re.compile(
    r"(?i)change|test|example|placeholder|your|<|\$|\{|xxx|\.\.\.|password|secret"
)
_RANDOM_BITS = 3.4  # a character of random base64 or hexadecimal text has more, a name has less


def checks() -> Iterator[Check]:
    """One check."""
    yield Check("static.secrets", "No file holds a secret.", _no_secrets)


def _no_secrets(context: Context) -> None:
    found: list[str] = []
    for source in files(context.controls.project):
        for number, line in enumerate(source.text.splitlines(), 1):
            what = _secret(line, f".{source.name.rpartition('.')[2]}", source.name)
            if what:
                found.append(f"{source.name}:{number}: {what}")
    if found:
        raise CheckFailed("no secret in any file", "\n".join(found[:10]))


def _secret(line: str, suffix: str, name: str) -> str:
    for what, pattern in _KNOWN.items():
        match = pattern.search(line)
        if match and not (match.groups() and _PLACEHOLDER.search(match[1])):
            return what
    readable = suffix in _READ or name.rpartition("/")[2].startswith((".env", "Dockerfile"))
    match = _ASSIGNED.search(line) if readable and not name.startswith("tests/") else None
    if match and _looks_random(match[1]):
        return "what looks like a secret"
    return ""


def _looks_random(value: str) -> bool:
    if _PLACEHOLDER.search(value) or not (re.search(r"\d", value) and re.search("[A-Za-z]", value)):
        return False
    if not re.fullmatch(r"[\w+/=.-]+", value) or re.search(r"[a-z]_[a-z]|\.[a-z]", value):
        return False
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return bits > _RANDOM_BITS
