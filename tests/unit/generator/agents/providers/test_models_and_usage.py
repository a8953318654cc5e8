"""Prices and limits from the data file, and what a usage costs by them."""

from __future__ import annotations

import datetime

import pytest

from local_engine.generator.agents.providers import Model, Usage, catalog, local_model
from local_engine.generator.agents.providers.addresses import VARIABLES, base_url
from local_engine.generator.agents.providers.failures import retry_after_seconds

NOVEMBER = datetime.date(2026, 11, 30)
DECEMBER = datetime.date(2026, 12, 1)


def argon() -> Model:
    found = catalog().find("gemini", "gemini-4-argon")
    assert found is not None
    return found


@pytest.mark.parametrize("provider", VARIABLES)
def test_every_provider_has_a_default_model_with_a_price(provider: str) -> None:
    model = catalog().of_role(provider)  # type: ignore[arg-type]
    assert model.price(NOVEMBER) is not None
    assert model.max_output >= 8_192


def test_file_is_dated_and_names_no_model_twice() -> None:
    names = [(model.provider, model.name) for model in catalog().models]
    assert len(names) == len({*names})
    assert catalog().checked >= datetime.date(2026, 11, 1)


def test_price_is_that_of_the_day() -> None:
    assert argon().used(1_000_000, 0, day=NOVEMBER).cost_microdollars == 2_000_000
    assert argon().used(1_000_000, 0, day=DECEMBER).cost_microdollars == 4_000_000
    long_ago = datetime.date(2020, 1, 1)
    assert argon().used(1_000_000, 0, day=long_ago).cost_microdollars == 2_000_000


def test_thinking_costs_as_output_and_parts_of_a_microdollar_count() -> None:
    assert argon().used(0, 0, 1_000_000, day=NOVEMBER).cost_microdollars == 10_000_000
    lite = catalog().of_role("gemini", "cheap")
    assert lite.used(1, 0, day=NOVEMBER).cost_microdollars == 1


def test_role_that_no_model_has_is_played_by_the_default_one() -> None:
    assert catalog().of_role("groq", "best") == catalog().of_role("groq")
    assert catalog().of_role("gemini", "best") == argon()


def test_unknown_price_stays_unknown_in_a_sum() -> None:
    unknown = Model(provider="openai", name="x").used(1, 2, 3, day=NOVEMBER)
    assert unknown.cost_microdollars is None
    total = unknown + Usage(1, 1, 1, 5, estimated=True)
    assert (total.tokens, total.cost_microdollars, total.estimated) == (9, None, True)


def test_local_model_costs_nothing() -> None:
    assert local_model("x").used(9, 9, 9, day=NOVEMBER).cost_microdollars == 0


def test_address_comes_from_argument_variable_or_default() -> None:
    variables = {"GROQ_BASE_URL": "http://127.0.0.1:1/"}
    assert base_url("groq", "http://localhost:2", variables) == "http://localhost:2"
    assert base_url("groq", None, variables) == "http://127.0.0.1:1"
    assert base_url("groq", None, {}) == "https://api.groq.com"


@pytest.mark.parametrize("address", ["ftp://x", "api.groq.com", "http://", "https://u:p@x"])
def test_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|Address") as caught:
        base_url("groq", address)
    assert "u:p" not in str(caught.value)


def test_retry_after_in_all_its_forms() -> None:
    assert retry_after_seconds({"retry-after": "7"}) == 7.0
    assert retry_after_seconds({"retry-after": "-7"}) == 0.0
    assert retry_after_seconds({"retry-after": "1e99"}) == 86_400.0
    assert retry_after_seconds({"retry-after": "nan"}) is None
    assert retry_after_seconds({"retry-after": "soon"}) is None
    assert retry_after_seconds({}) is None
    assert retry_after_seconds({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
