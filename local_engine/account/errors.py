"""What can go wrong between the engine and the cloud, in words for people."""

from __future__ import annotations

from local_engine.contracts.problems import InputProblem

OUT_OF_REACH = ("cloud-unreachable", "cloud-slow", "cloud-not-understood")
"""Codes that say: it did not answer, or not so that this engine understands it."""
AWAY = (*OUT_OF_REACH, "cloud-redirects", "signed-out")
"""Codes that say: not by the cloud now, but another way may do."""


class CloudError(Exception):
    """It cannot be done: `code` says why to programs, `message` and `hint` to people.

    `status` is that of the cloud's answer, None where there was none. `lost` says that the cloud
    may have done it all the same: its answer never came.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        errors: tuple[InputProblem, ...] = (),
        lost: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status
        self.errors = errors
        self.lost = lost

    @property
    def out_of_reach(self) -> bool:
        """Whether the cloud did not answer, or not so that this engine understands it."""
        return self.code in OUT_OF_REACH


class SignedOut(CloudError):
    """Nobody is signed in here (any more)."""

    def __init__(self, message: str) -> None:
        super().__init__("signed-out", message, hint="Sign in.", status=401)


class AddressRefused(CloudError):
    """The cloud's address is none, or would send secrets in the clear."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__("cloud-address", message, hint=hint)
