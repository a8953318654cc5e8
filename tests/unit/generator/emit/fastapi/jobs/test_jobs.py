"""Jobs: schedules, rows that are looked at again under a lock, extension points, the queue."""

from __future__ import annotations

import pytest
from emitted_module import EmittedModule, project_of

from local_engine.generator.emit import FileTree

OFFERS = """
time_zone: Europe/Berlin
entities:
  Offer:
    fields: {title: string, ends_on: date, views: {type: integer, default: 0}}
    access: {list: public, read: public, create: authenticated}
jobs:
  expire:
    every: day at 03:30
    of: Offer
    where: ends_on < today()
    effects: [{set: views, to: "0"}]
  look: {every: 15 minutes, of: Offer, code: python}
  report: {every: monday at 07:00, code: python}
  tick: {cron: "5 4 * * *", of: Offer, effects: [{increase: views, by: "1"}]}
"""


@pytest.fixture(scope="module")
def offers() -> FileTree:
    return project_of(OFFERS)


@pytest.mark.parametrize(
    ("job", "cron"),
    [
        ("expire", "30 3 * * *"),
        ("look", "*/15 * * * *"),
        ("report", "0 7 * * 1"),
        ("tick", "5 4 * * *"),
    ],
)
def test_schedules(offers: FileTree, job: str, cron: str) -> None:
    task = EmittedModule(offers, f"app/jobs/{job}.py").function("run")
    assert f"@tasks.periodic(cron='{cron}')" in task
    assert f"name='{job}'" in task


def test_a_row_is_handled_only_if_it_still_is_due(offers: FileTree) -> None:
    job = EmittedModule(offers, "app/jobs/expire.py")
    due = "offers.ends_on < (now() AT TIME ZONE 'Europe/Berlin')::date"
    assert job.constant("DUE") == (f"SELECT offers.id FROM offers WHERE {due} ORDER BY offers.id")
    assert job.constant("STILL_DUE").endswith(f"AND {due} FOR NO KEY UPDATE OF offers")
    handled = job.function("handle")
    assert handled.index("STILL_DUE") < handled.index("return") < handled.index("EXPIRE_SET")
    assert "run_for_each(database, DUE, handle)" in job.function("run")


def test_nobody_acts(offers: FileTree) -> None:
    handled = EmittedModule(offers, "app/jobs/expire.py").function("handle")
    assert "{'actor': None, 'roles': [], 'id': key}" in handled


def test_code_is_called_for_each_row_or_once(offers: FileTree) -> None:
    each = EmittedModule(offers, "app/jobs/look.py")
    assert "await extension(connection, key)" in each.function("handle")
    once = EmittedModule(offers, "app/jobs/report.py")
    assert "await database.run(extension)" in once.function("run")
    written = EmittedModule(offers, "app/extensions/report_job.py")
    assert "raise NotImplementedError" in written.function("report")


def test_the_queue_has_every_task_and_the_time_zone(offers: FileTree) -> None:
    tasks = EmittedModule(offers, "app/tasks.py").expression("TASKS")
    assert tasks.startswith("create_queue(")
    assert tasks.endswith("expire, look, report, tick, time_zone='Europe/Berlin')")
    assert "migrations/0003_queue.up.sql" in offers


def test_without_anything_to_queue_there_is_no_queue() -> None:
    tree = project_of("entities: {Note: {fields: {text: string}, access: {create: public}}}")
    assert "app/tasks.py" not in tree
    assert not any("queue" in path for path in tree if path.startswith("migrations/"))
