"""How long a page takes: the least of several times is what the service itself needs."""

from dataclasses import dataclass

from local_engine.verification import expect
from local_engine.verification.context import Context
from local_engine.verification.groups.contract.listing import Listing
from local_engine.verification.http import Exchange

_TIMES = 12


@dataclass(frozen=True)
class Timing:
    """Seconds of several equal requests, in ascending order, and the last of these."""

    seconds: tuple[float, ...]
    last: Exchange

    @property
    def least(self) -> float:
        """The shortest time: the one that other work on the machine disturbed least."""
        return self.seconds[0]

    @property
    def p95(self) -> float:
        """The time that one in twenty exceeds."""
        return self.seconds[min(len(self.seconds) - 1, round(len(self.seconds) * 0.95) - 1)]

    def __str__(self) -> str:
        return f"{self.least * 1000:.1f} ms (p95 {self.p95 * 1000:.1f} ms)"


def measure(context: Context, where: Listing, limit: int) -> Timing:
    """Ask for the first page several times."""
    answers = [
        context.http.send("GET", where.path, actor=where.actor, params={"limit": limit})
        for _ in range(_TIMES)
    ]
    last = expect.set_up(answers[-1], 200)
    return Timing(tuple(sorted(answer.seconds for answer in answers)), last)
