"""The three-way merge of texts, judged by its laws and by real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_engine.projects.text_merge import hunks, merge_text, merge_words

BASE = b"one\ntwo\nthree\nfour\nfive\nsix\n"
LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n", b"d\r\n", b"e"]), max_size=12)
TEXTS = LINES.map(b"".join)


def test_both_changes_are_in_the_result() -> None:
    ours = BASE.replace(b"one", b"ONE")
    theirs = BASE.replace(b"six", b"SIX")
    assert merge_text(BASE, ours, theirs) == BASE.replace(b"one", b"ONE").replace(b"six", b"SIX")


def test_insertions_and_deletions() -> None:
    ours = b"zero\n" + BASE.replace(b"two\n", b"")
    theirs = BASE + b"seven\n"
    assert merge_text(BASE, ours, theirs) == b"zero\none\nthree\nfour\nfive\nsix\nseven\n"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (b"one\nMINE\nthree\n", b"one\nTHEIRS\nthree\n"),
        (b"one\nthree\n", b"one\nTHEIRS\nthree\n"),
        (b"one\ntwo\nmine\nthree\n", b"one\ntwo\ntheirs\nthree\n"),
        (b"one\nTWO\nthree\n", b"one\ntwo\nTHREE\n"),
    ],
)
def test_changes_of_one_place_are_a_conflict(ours: bytes, theirs: bytes) -> None:
    base = b"one\ntwo\nthree\n"
    assert merge_text(base, ours, theirs) is None
    assert merge_text(base, theirs, ours) is None


def test_what_both_did_alike_is_no_conflict() -> None:
    both = BASE.replace(b"two", b"2")
    assert merge_text(BASE, both, both + b"seven\n") == both + b"seven\n"


def test_words_join_where_lines_do_not() -> None:
    base, ours, theirs = ([text] for text in (b"f(a, b)\n", b"g(a, b)\n", b"f(a, b, c)\n"))
    assert merge_words(base, ours, theirs) == b"g(a, b, c)\n"
    assert merge_words([b"f(a)\n"], [b"f(b)\n"], [b"f(c)\n"]) is None


def test_a_last_line_without_an_end_keeps_none() -> None:
    assert merge_text(b"a\nb\nc", b"A\nb\nc", b"a\nb\nc\nd") == b"A\nb\nc\nd"


def test_bytes_that_are_no_text_are_kept() -> None:
    base = b"a\n\xff\xfe\nb\nc\nd\n"
    assert merge_text(base, base.replace(b"a", b"A"), base + b"e\n") == b"A\n\xff\xfe\nb\nc\nd\ne\n"


def test_a_very_long_text_is_not_compared() -> None:
    long = b"x\n" * 50_000
    assert merge_text(long, long + b"a\n", b"b\n" + long) is None


@given(TEXTS, TEXTS)
def test_one_sided_changes_win(base: bytes, changed: bytes) -> None:
    assert merge_text(base, changed, base) == changed
    assert merge_text(base, base, changed) == changed
    assert merge_text(base, changed, changed) == changed


@given(TEXTS, TEXTS, TEXTS)
def test_hunks_are_the_three_texts(base: bytes, ours: bytes, theirs: bytes) -> None:
    found = hunks(base, ours, theirs)
    for side, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        assert b"".join(b"".join(getattr(hunk, side)) for hunk in found) == text


@given(TEXTS, TEXTS, TEXTS)
def test_sides_are_alike(base: bytes, ours: bytes, theirs: bytes) -> None:
    assert merge_text(base, ours, theirs) == merge_text(base, theirs, ours)


@settings(max_examples=25)
@given(TEXTS, TEXTS, TEXTS)
def test_what_git_joins_otherwise_is_at_most_a_conflict_here(
    tmp_path_factory: pytest.TempPathFactory, base: bytes, ours: bytes, theirs: bytes
) -> None:
    """Two honest merges may align equal lines differently, but not lose a line that one added."""
    joined = merge_text(base, ours, theirs)
    if joined is None:
        return
    known = set(base.split(b"\n"))
    for side in (ours, theirs):
        for line in set(side.split(b"\n")) - known:
            assert line in joined.split(b"\n")
    folder = tmp_path_factory.mktemp("merge")
    git = _git_merge(folder, base, ours, theirs)
    if git is not None:
        assert sorted(git.split(b"\n")) == sorted(joined.split(b"\n"))


def _git_merge(folder: Path, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(text)
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    result = subprocess.run(command, cwd=folder, capture_output=True)
    return result.stdout if result.returncode == 0 else None
