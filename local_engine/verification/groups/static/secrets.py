"""Secrets written into files."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from local_engine.verification.checks import Check, CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.static.source import files

_KNOWN = {
    "a private key": ("PRIVATE KEY", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    "an AWS key": ("AKIA", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    "a GitHub token": ("gh", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b")),
    "a Google key": ("AIza", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    "a Slack token": ("xox", re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}")),
    "an API key": ("sk-", re.compile(r"\bsk-[A-Za-z0-9_-]{32,}")),
    "a signed token": ("eyJ", re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    "a password in a URL": (
        "://",
        re.compile(r"\b[a-z+]+://[^\s:/@$\"'{}<>]+:([^\s:/@$\"'{}<>]{6,})@"),
    ),
}
"""Forms of secrets, each with a piece of text that is in all of them: that is found quickly."""

_ASSIGNED = re.compile(
    r"(?i)\b\w*(?:secret|passw(?:or)?d|api_?key|token)\w*[\"']?\s*[:=]\s*[\"']?([^\s\"',;)}]{16,})"
)
_OWN = ".env"
_HINT = re.compile(r"(?i)secret|passw|api_?key|token")
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
    project = context.controls.project
    for source in files(project):
        if source.name == _OWN and _is_ignored(project):
            continue
        known = {what: pattern for what, (piece, pattern) in _KNOWN.items() if piece in source.text}
        for number, line in enumerate(source.text.splitlines(), 1):
            what = _secret(line, f".{source.name.rpartition('.')[2]}", source.name, known)
            if what:
                found.append(f"{source.name}:{number}: {what}")
    if found:
        raise CheckFailed("no secret in any file", "\n".join(found[:10]))


def _is_ignored(project: Path) -> bool:
    """Whether git leaves the project's own settings out: that is the place for secrets."""
    ignored = project / ".gitignore"
    return ignored.is_file() and _OWN in ignored.read_text(encoding="utf-8").splitlines()


def _secret(line: str, suffix: str, name: str, known: Mapping[str, re.Pattern[str]]) -> str:
    """What a line holds that looks like a secret; `known` are the forms that its file has."""
    for what, pattern in known.items():
        match = pattern.search(line)
        if match and not (match.groups() and _PLACEHOLDER.search(match[1])):
            return what
    readable = suffix in _READ or name.rpartition("/")[2].startswith((".env", "Dockerfile"))
    if not readable or name.startswith("tests/") or not _HINT.search(line):
        return ""
    match = _ASSIGNED.search(line)
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
