"""Runs of the cloud followed by the engine: to the end, through lost connections, called off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from answers_of_blueprint import replies_of
from cloud_service import PASSWORD, CloudService, running_cloud
from model_providers import KEY, ModelProviders
from poor_line import poor_line
from pydantic import SecretStr
from repository_rules import ROOT
from scripted_replies import Script

from local_engine.account import Account, CloudError, generations
from local_engine.contracts.generation import GenerationRequest, NumberedEvent
from local_engine.generator.blueprint import dump, load_file
from local_engine.jobs.designs import Drafted, draft
from local_engine.jobs.events import Event
from local_engine.jobs.models import ModelChoice
from local_engine.jobs.run import JobCancelled, JobFailed, Run

PROMPT = "A simple todo API"
TODO = load_file(ROOT / "docs/examples/01-todo/blueprint.yaml").blueprint
RUNS = "SELECT status FROM generations ORDER BY created_at"
Open = Callable[[str], Account]


@contextmanager
def cloud_by_models(database: str, script: Script) -> Iterator[tuple[CloudService, ModelProviders]]:
    with (
        ModelProviders(script) as stand_in,
        running_cloud(database, openai_base_url=stand_in.openai, openai_api_key=KEY) as cloud,
    ):
        yield cloud, stand_in


def signed_in(account: Account, cloud: CloudService, word: str) -> Account:
    account.sign_in(cloud.new_person(word).email, SecretStr(PASSWORD))
    return account


def by_cloud(account: Account, run: Run) -> Drafted:
    choice = ModelChoice(via="cloud", max_tokens=200_000)
    return draft(PROMPT, choice, lambda _: None, run, lambda _: None, lambda: account)


def test_a_model_of_the_cloud_makes_it_and_what_it_cost_is_told(
    new_cloud_database: Callable[[], str], open_account: Open
) -> None:
    script = Script.of(*replies_of(TODO))
    with cloud_by_models(new_cloud_database(), script) as (cloud, _):
        account = signed_in(open_account(cloud.url), cloud, "maker")
        told: list[Event] = []
        made = by_cloud(account, Run(told.append, lambda _: None))
        used = account.usage().tokens.used
    assert made.text == dump(TODO)
    assert made.making.via == "cloud"
    assert made.making.models == ["gpt-6.2-sol"]
    assert made.making.tokens == used > 0
    assert made.making.cost_microdollars
    lines = [event.line for event in told if event.type == "log"]
    assert "10 runs, 2,000,000 tokens and $2.00 left" in lines[0]
    assert f"9 runs, {2_000_000 - used:,} tokens" in lines[-1]


def test_a_stream_that_is_cut_again_and_again_tells_each_event_once(
    cloud: CloudService, open_account: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "PAUSES", (0.01,) * 6)
    with poor_line(cloud.url) as line:
        account = signed_in(open_account(line.url), cloud, "cut")
        seen: list[NumberedEvent] = []

        def tell(event: NumberedEvent) -> None:
            seen.append(event)
            line.cut_after = 1_200

        line.cut_after = 1_200
        request = GenerationRequest(id=uuid4(), prompt=PROMPT)
        before = line.connections
        run = account.generation(request).follow(tell)
        assert line.connections - before > 1  # how often depends on what comes in one piece
    numbers = [event.number for event in seen]
    assert numbers == list(range(1, len(seen) + 1))
    assert run.id == request.id
    assert run.result is not None
    assert [event.event.type for event in seen][-1] == "ended"


def test_an_answer_that_never_came_costs_no_second_run(
    cloud: CloudService, open_account: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "PAUSES", (0.01,) * 6)
    with poor_line(cloud.url) as line:
        account = signed_in(open_account(line.url), cloud, "lost")
        account.close()
        account = open_account(line.url)
        line.lose_answers = 2
        run = account.generation(GenerationRequest(id=uuid4(), prompt=PROMPT)).follow(
            lambda _: None
        )
        assert line.lose_answers == 0
        assert run.status == "succeeded"
        assert account.usage().generations.used == 1


def test_a_cloud_that_is_gone_for_good_is_given_up(
    cloud: CloudService, open_account: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "PAUSES", (0.01,) * 3)
    with poor_line(cloud.url) as line:
        account = signed_in(open_account(line.url), cloud, "gone")

        def tell(_: NumberedEvent) -> None:
            line.close()

        with pytest.raises(CloudError) as failure:
            account.generation(GenerationRequest(id=uuid4(), prompt=PROMPT)).follow(tell)
    assert failure.value.out_of_reach


def slow() -> Script:
    return Script.of({"kind": "slow", "seconds": 30.0, "answer": {}})


def eventually(found: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("line_is_down", [False, True])
def test_calling_a_job_off_calls_the_run_off(
    new_cloud_database: Callable[[], str], open_account: Open, line_is_down: bool
) -> None:
    """It ends at once, while nothing comes; where the cloud is away, here at least."""
    with (
        cloud_by_models(new_cloud_database(), slow()) as (cloud, stand_in),
        poor_line(cloud.url) as line,
    ):
        account = signed_in(open_account(line.url), cloud, "caller")
        run = Run(lambda _: None, lambda _: None)
        ended: list[BaseException] = []

        def work() -> None:
            try:
                by_cloud(account, run)
            except BaseException as end:
                ended.append(end)

        thread = threading.Thread(target=work)
        thread.start()
        eventually(lambda: stand_in.asked)
        if line_is_down:
            line.silent = True
        began = time.monotonic()
        run.cancel()
        thread.join(20)
        assert time.monotonic() - began < 10
        assert [type(end) for end in ended] == [JobCancelled]
        if not line_is_down:
            eventually(lambda: cloud.execute(RUNS) == [{"status": "cancelled"}])


def test_what_the_cloud_does_not_understand_or_allow_is_said(
    cloud: CloudService, open_account: Open
) -> None:
    account = signed_in(open_account(cloud.url), cloud, "odd")
    run = Run(lambda _: None, lambda _: None)
    with pytest.raises(JobFailed, match="did not understand") as failure:
        draft(
            "asdf qwer",
            ModelChoice(via="cloud"),
            lambda _: None,
            run,
            lambda _: None,
            lambda: account,
        )
    assert failure.value.code == "not-understood"
    sql = "UPDATE usage_days SET generations = 1000 WHERE user_id = (SELECT id FROM users WHERE"
    cloud.execute(f"{sql} email = %(email)s)", email=account.signed_in_as())
    with pytest.raises(JobFailed) as failure:
        by_cloud(account, run)
    assert "today" in failure.value.detail


def test_nobody_signed_in_is_said_before_anything_is_asked(
    cloud: CloudService, open_account: Open
) -> None:
    with pytest.raises(JobFailed, match="Nobody is signed in") as failure:
        by_cloud(open_account(cloud.url), Run(lambda _: None, lambda _: None))
    assert failure.value.code == "signed-out"
