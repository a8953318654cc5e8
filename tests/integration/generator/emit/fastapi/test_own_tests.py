"""A project's own tests fail when somebody breaks what its Blueprint says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import golden
import pytest

from local_engine.generator.emit import write
from local_engine.runtime.postgres import Database

# Project, file, what somebody replaces, by what, the tests that must notice.
BROKEN = {
    "states": (
        "bakery",
        "app/orders/transitions.py",
        'if state != "cart":',
        'if state == "gone":',
        {"test_orders.py::test_place_is_refused_by_status"},
    ),
    "requirement": (
        "bakery",
        "app/orders/transitions.py",
        "ol.order_id = orders.id) > 0",
        "ol.order_id = orders.id) >= 0",
        {"test_orders.py::test_place_is_refused_by_require"},
    ),
    "target": (
        "bakery",
        "app/orders/transitions.py",
        "SET status = 'ready'",
        "SET status = 'placed'",
        {"test_orders.py::test_ready"},
    ),
    "editable": (
        "bakery",
        "app/orders/repository.py",
        "SELECT orders.status = 'cart'",
        "SELECT orders.status <> 'gone'",
        {"test_orders.py::test_rule_editable_while"},
    ),
    "unique": (
        "bakery",
        "migrations/0002_initial.up.sql",
        "    CONSTRAINT order_line_unique UNIQUE (order_id, cake_id),\n",
        "",
        {"test_order_lines.py::test_rule_unique"},
    ),
    "overlap": (
        "clinics",
        "migrations/0002_initial.up.sql",
        "WHERE (status <> 'cancelled')",
        "WHERE (status = 'cancelled')",
        {"test_appointments.py::test_rule_no_overlap"},
    ),
    "check": (
        "clinics",
        "app/appointments/rules.py",
        'row["ends_at"] > row["starts_at"]',
        'row["ends_at"] >= row["ends_at"]',
        {"test_appointments.py::test_rule_check"},
    ),
    "operation": (
        "bank",
        "app/operations/transfer.py",
        "%(input.source)s::uuid <> %(input.target)s::uuid",
        "%(input.source)s::uuid = %(input.source)s::uuid",
        {"test_operations.py::test_transfer_is_refused_by_require_2"},
    ),
}


@pytest.mark.parametrize(
    "what",
    [pytest.param(what, marks=() if what == "states" else pytest.mark.full) for what in BROKEN],
)
def test_what_somebody_breaks_is_noticed(what: str, tmp_path: Path, database: Database) -> None:
    name, file, old, new, noticed = BROKEN[what]
    write(golden.emitted(name), tmp_path)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new))
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        env={**kept, "DATABASE_URL": database.url},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = set(re.findall(r"^FAILED tests/(\S+)", done.stdout, re.MULTILINE))
    assert noticed <= failed, done.stdout[-3000:]
