"""The world builder plans rows of any entity, and a stage follows what a service does."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from local_engine.generator.blueprint import load, load_file
from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import CheckFailed, SetUpFailed
from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.model.simulated import SimulatedService, simulated_world
from local_engine.verification.model.sketch import build
from local_engine.verification.model.world import ModelWorld
from local_engine.verification.world import CannotMake

EXAMPLES = sorted(Path("docs/examples").glob("*/*.yaml"))
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PUZZLE = """
name: Puzzle
accounts: {sign_up: open, roles: [judge]}
entities:
  Contest:
    fields:
      opens_at: datetime
      closes_at: datetime
      prize: {type: money, min: 0}
      code: {type: string, pattern: "[A-Z]{2}-[0-9]{4}", unique: true}
    states: {initial: hidden, transitions: {show: {from: hidden, to: shown, by: judge}}}
    rules: [{check: opens_at < closes_at}, {check: prize * 2 < 50}]
    access: {list: public, read: public, create: judge, update: judge, delete: nobody}
  Entry:
    owner: player
    fields: {guess: {type: integer, min: 1, max: 9}}
    relations:
      player: {to: User}
      contest: {to: Contest, where: status == 'shown'}
      rival: {to: Entry, optional: true, same: contest}
    rules: [{unique: [player, contest]}, {check: contest.opens_at > now(), on: create}]
    access: {list: owner, read: owner, create: authenticated, update: nobody, delete: owner}
  Relic:
    fields: {name: string}
    access: {list: judge, read: judge, create: nobody, update: judge, delete: nobody}
"""


@pytest.fixture
def puzzle() -> Application:
    return load(PUZZLE).application


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_rows_of_every_entity_come_about(path: Path) -> None:
    application = load_file(path).application
    world = simulated_world(application)
    for entity in application.own_entities:
        for _ in range(3):
            row = world.create(entity.name)
            assert world.path_of(entity.name, row).endswith(row.id)
            assert row.body["id"] == row.id


def test_conditions_are_solved(puzzle: Application) -> None:
    world = simulated_world(puzzle)
    entry = world.create("Entry")
    contest = world.model.store.find("Contest", entry.body["contest_id"])
    assert contest is not None
    assert contest.values["status"] == "shown"
    assert re.fullmatch("[A-Z]{2}-[0-9]{4}", contest.values["code"])


def test_what_nobody_can_make_is_said(puzzle: Application) -> None:
    world = simulated_world(puzzle)
    with pytest.raises(CannotMake, match="Relic"):
        world.create("Relic")
    with pytest.raises(CannotMake, match=r"cannot create Contest.*contest\.check_2"):
        world.draft("Contest", prize="30.00")


def test_values_and_actors_may_be_given(puzzle: Application) -> None:
    world = simulated_world(puzzle)
    contest = world.create("Contest", prize="7.00")
    assert contest.body["prize"] == "7.00"
    draft = world.draft("Entry", actor=world.actor("other"), contest=_shown(world, contest.id))
    assert draft.actor.label == "other"
    assert draft.body["contest_id"] == contest.id
    assert world.who_can("Contest", "update") == world.actor("judge")
    assert world.who_can("Relic", "create") is None


def _shown(world: ModelWorld, id_: str) -> str:
    judge = world.cast["judge"]
    for key in ("opens_at", "closes_at"):
        year = 2090 if key == "opens_at" else 2091
        path, body = f"/contests/{id_}", {key: f"{year}-01-01T00:00:00Z"}
        if key == "opens_at":
            world.stage.prepare(build("PATCH", path, judge, {"closes_at": "2091-01-01T00:00:00Z"}))
        world.stage.prepare(build("PATCH", path, judge, body))
    world.stage.prepare(build("POST", f"/contests/{id_}/show", judge))
    return id_


def test_the_same_seed_makes_the_same_requests(puzzle: Application) -> None:
    def sent(seed: int) -> list[str]:
        requests: list[Request] = []
        service = SimulatedService(puzzle)

        def send(request: Request) -> Exchange:
            requests.append(request)
            return service.send(request)

        world = ModelWorld(puzzle, send, seed)
        world.enter(service.create_users)
        world.forget()
        for name in ("Contest", "Entry", "Entry"):
            world.create(name)
        return [
            UUID.sub("id", f"{one.method} {one.target} {one.body.decode()}") for one in requests
        ]

    assert sent(1) == sent(1)
    assert sent(1) != sent(2)


def decisions(world: ModelWorld, entity: str) -> int:
    """How many requests are tried in the model to plan a row; the row is made, too."""
    maker = world.maker()
    maker.make(entity)
    world.carry_out(maker)
    return maker.sketch.decisions


def test_what_has_helped_is_tried_first() -> None:
    """A review needs a product that was bought and delivered: found once, then remembered."""
    application = load_file(Path("docs/examples/05-online-store/blueprint.yaml")).application
    world = simulated_world(application)
    first = decisions(world, "Review")
    later = [decisions(world, "Review") for _ in range(3)]
    assert max(later) < first / 2, (first, later)
    world.forget()
    assert decisions(world, "Review") > max(later)


def test_a_step_that_goes_wrong_stops_the_set_up(puzzle: Application) -> None:
    service = SimulatedService(puzzle)

    def refuse(request: Request) -> Exchange:
        if request.path == "/contests":
            return Exchange(request, Response(409, (), b'{"rule": "contest.made_up"}'))
        return service.send(request)

    world = ModelWorld(puzzle, refuse)
    world.enter(service.create_users)
    with pytest.raises(SetUpFailed, match=r"POST /contests -> 409 \(contest.made_up"):
        world.create("Entry")


def test_the_stage_notices_what_the_model_does_not_expect(puzzle: Application) -> None:
    service = SimulatedService(puzzle)

    def generous(request: Request) -> Exchange:
        exchange = service.send(request)
        if request.method == "PATCH" and exchange.status == 403:
            return Exchange(request, replace(exchange.response, status=200))
        return exchange

    world = ModelWorld(puzzle, generous)
    world.enter(service.create_users)
    contest = world.create("Contest")
    with pytest.raises(CheckFailed, match="status 403"):
        world.stage.ask("PATCH", contest.path, world.cast["user"], {"prize": "1.00"})
    assert world.stage.lost


def test_ids_of_rows_made_by_effects_are_learnt_from_lists() -> None:
    path = Path("docs/examples/11-warehouse/blueprint.yaml")
    world = simulated_world(load_file(path).application)
    entry = world.create("StockEntry")
    stored = world.model.store.find("StockEntry", entry.id)
    assert stored is not None
    assert stored.known
    assert stored.values["stock"] == entry.path.split("/")[2]
