"""What a frozen start did to the environment is undone for other people's programs."""

from __future__ import annotations

import sys

import pytest

from local_engine.runtime.foreign import restore_library_paths


def test_the_former_value_comes_back() -> None:
    environment = {"LD_LIBRARY_PATH": "/opt/engine", "LD_LIBRARY_PATH_ORIG": "/usr/x", "A": "b"}
    restore_library_paths(environment)
    assert environment == {"LD_LIBRARY_PATH": "/usr/x", "A": "b"}


def test_a_frozen_program_leaves_no_path_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    environment = {"LD_LIBRARY_PATH": "/opt/engine"}
    restore_library_paths(environment)
    assert environment == {}


def test_otherwise_the_users_own_path_stays() -> None:
    environment = {"LD_LIBRARY_PATH": "/home/me/lib"}
    restore_library_paths(environment)
    assert environment == {"LD_LIBRARY_PATH": "/home/me/lib"}
