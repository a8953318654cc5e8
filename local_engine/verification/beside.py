"""A second lane in a process of its own, on a second copy of the project. Linux only.

The process is a copy of this one, so it has nothing to import. It is made before this one starts
threads, and opens its copy of the project while this one opens its own. Then it runs one group
after another, as it is told: names go there, events and reports come back. The actors' accounts are
made once, by the first lane, as hashing their passwords takes longer than a group of checks.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from types import FrameType

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.controls import Controls, SharesAccounts
from local_engine.verification.events import OnEvent
from local_engine.verification.following import following_world
from local_engine.verification.groups import GROUPS
from local_engine.verification.lane import MakeWorld, open_lane
from local_engine.verification.registry import Group
from local_engine.verification.report import GroupReport

OpenControls = Callable[[], AbstractContextManager[Controls]]

_NOTHING = object()


class SecondCopyFailed(Exception):
    """The second copy of the project could not be started; the message says why."""


class SecondLane:
    """The other process as this one sees it."""

    def __init__(self, connection: Connection, pid: int) -> None:
        self._connection = connection
        self._pid = pid
        self._said: object = _NOTHING

    def wait_until_open(self) -> bool:
        """Whether its copy of the project runs, once that is known."""
        if self._said is _NOTHING:
            with contextlib.suppress(EOFError, OSError):
                self._said = self._connection.recv()
        return self._said is None

    @property
    def trouble(self) -> SecondCopyFailed | None:
        """Why its copy of the project does not run."""
        return self._said if isinstance(self._said, SecondCopyFailed) else None

    def begin(self, accounts: object) -> None:
        """Have it make its actors; those whose accounts the first lane gives are there already."""
        with contextlib.suppress(OSError):  # it has ended: so it will run no group
            self._connection.send(accounts)

    def run(self, group: Group, tell: OnEvent) -> GroupReport | None:
        """Run a group there; None if the process ends before it is done."""
        try:
            self._connection.send(group.name)
            while not isinstance(said := self._connection.recv(), GroupReport):
                tell(said)
        except (EOFError, OSError):
            return None
        return said

    def finish(self) -> None:
        """No more groups: let it close its copy of the project, and end."""
        self._connection.close()

    def give_up(self) -> None:
        """Have it end in good order, whatever it is doing."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGINT)


@contextlib.contextmanager
def second_lane(
    application: Application,
    open_controls: OpenControls,
    *,
    seed: int = 0,
    deadline: float | None = None,
    make_world: MakeWorld = following_world,
) -> Iterator[SecondLane | None]:
    """A lane beside this process, for `verify`; None where this system has no safe fork.

    `open_controls` is called there. Raises SecondCopyFailed at the end when that went wrong.
    """
    if sys.platform != "linux":
        yield None
        return
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def serve() -> None:
        ours.close()
        _end_in_order()
        with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
            _serve(theirs, application, open_controls, seed, deadline, make_world)

    process = context.Process(target=serve, name="second-lane", daemon=True)
    process.start()
    theirs.close()
    assert process.pid is not None
    lane = SecondLane(ours, process.pid)
    try:
        yield lane
        lane.wait_until_open()  # its start is part of the proof, even if no group was left for it
    except BaseException:
        lane.give_up()
        raise
    finally:
        lane.finish()
        process.join()
    if lane.trouble:
        raise lane.trouble


def _serve(
    connection: Connection,
    application: Application,
    open_controls: OpenControls,
    seed: int,
    deadline: float | None,
    make_world: MakeWorld,
) -> None:
    """Run the groups whose names come, until no more can."""
    groups = {group.name: group for group in GROUPS}
    with contextlib.ExitStack() as held:
        try:
            controls = held.enter_context(open_controls())
        except Exception as error:
            connection.send(SecondCopyFailed(str(error)))
            return
        tell = connection.send
        lane = held.enter_context(
            open_lane(application, controls, tell, seed=seed, deadline=deadline)
        )
        connection.send(None)
        accounts = connection.recv()
        if accounts is not None and isinstance(controls, SharesAccounts):
            controls.expect_accounts(accounts)
        lane.prepare((), make_world)
        for name in _received(connection):
            connection.send(lane.run(groups[name]))


def _received(connection: Connection) -> Iterator[str]:
    """What comes, until the other side has no more to say."""
    with contextlib.suppress(EOFError):
        while True:
            yield connection.recv()


def _end_in_order() -> None:
    """Let the first signal to end raise KeyboardInterrupt, and no other cut short what follows."""
    came = list[int]()

    def end(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:
            raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
