"""What one address may do: register, guess passwords; and that its limits bind nobody else."""

from collections.abc import Callable, Iterator

from local_engine.generator.blueprint.resolved import USER, Application
from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import (
    at_another_address,
    login,
    password_of,
    registration,
)
from local_engine.verification.http import Exchange

_REGISTRATIONS = 60
_ATTEMPTS = 40
_PAUSES = 4
_WRONG = "not the password"
_CLAIMED = {"X-Forwarded-For": "203.0.113.7"}  # an address that nobody has (RFC 5737)


def checks(application: Application) -> Iterator[Check]:
    """Checks of limits; guessing comes last, as it locks out this address."""
    reason = "accounts are made by command only" if application.accounts.sign_up == "closed" else ""
    for aspect, sentence, run in (
        ("", "Registrations from one address are limited with 429.", _registrations),
        (".elsewhere", "That limit binds nobody at another address.", _registering_elsewhere),
    ):
        name = f"auth.register.limit{aspect}"
        yield Check(name, sentence, None if reason else run, reason, about_limits=True)
    for aspect, sentence, run in (
        ("", "Guessing passwords is slowed down with 429.", _throttling),
        (".accounts", "Guesses at one account do not keep their address from others.", _others),
        (
            ".elsewhere",
            "Guesses do not lock an account for its owner at another address.",
            _owner_elsewhere,
        ),
        (
            ".claimed",
            "An address that a client merely claims in X-Forwarded-For is not believed.",
            _claimed_address,
        ),
    ):
        yield Check(f"auth.throttling{aspect}", sentence, run, about_limits=True)


def _registrations(context: Context) -> None:
    answer = _registrations_used_up(context)
    expect.problem(answer, 429, why=f"{_REGISTRATIONS} registrations an hour from one address")
    _tells_when_to_come_back(answer)


def _registering_elsewhere(context: Context) -> None:
    body = registration(context)
    expect.set_up(_registrations_used_up(context), 429)
    with at_another_address(context) as http:
        answer = http.send("POST", "/auth/register", json=body)
    expect.status_is(answer, 201, why=f"the first registration from {answer.request.source}")


def _registrations_used_up(context: Context) -> Exchange:
    """The answer to the first registration from the usual address that is one too many."""

    def use_up() -> Exchange:
        """Each is refused, the account being there: what counts is that it was tried."""
        body = {**context.world.draft(USER).body, "email": context.world.actor("user").email}
        if context.application.accounts.sign_up == "invite":
            body["invitation"] = "garbage"
        for _ in range(_REGISTRATIONS + 1):
            answer = context.http.send("POST", "/auth/register", json=body)
            if answer.status == 429:
                break
        return answer

    return context.once("registrations used up", use_up)


def _throttling(context: Context) -> None:
    answer = _guess_until_paused(context)
    expect.problem(answer, 429, why="too many attempts")
    _tells_when_to_come_back(answer)


def _others(context: Context) -> None:
    other = context.world.actor("user")
    answer = _while_paused(context, lambda: login(context, other.email, password_of(other)))
    expect.status_is(answer, 200, why="nobody guessed at this account")


def _owner_elsewhere(context: Context) -> None:
    owner = context.world.actor("admin")
    with at_another_address(context) as http:
        answer = _while_paused(
            context, lambda: login(context, owner.email, password_of(owner), http=http)
        )
    expect.status_is(answer, 200, why=f"nobody guessed from {answer.request.source}")


def _claimed_address(context: Context) -> None:
    # With the right password: where it is let in, no further attempt is counted.
    owner = context.world.actor("admin")
    answer = _while_paused(
        context, lambda: login(context, owner.email, password_of(owner), headers=_CLAIMED)
    )
    expect.problem(answer, 429, why="it comes from the address that has to wait")


def _guess_until_paused(context: Context) -> Exchange:
    """Guess the admin's password from the usual address; gives the first answer that is not 401."""
    email = context.world.actor("admin").email
    for _ in range(_ATTEMPTS):
        answer = login(context, email, _WRONG)
        if answer.status != 401:
            return answer
    raise CheckFailed(f"429 within {_ATTEMPTS} wrong passwords", "401 each time", (answer,))


def _while_paused(context: Context, sign_in: Callable[[], Exchange]) -> Exchange:
    """The answer to signing in during a pause after guesses at the admin's account."""
    for _ in range(_PAUSES):  # each is longer than the one before
        expect.set_up(_guess_until_paused(context), 429)
        answer = sign_in()
        if login(context, context.world.actor("admin").email, _WRONG).status == 429:
            return answer
    raise SetUpFailed("each pause was over before it could be seen whom it keeps waiting")


def _tells_when_to_come_back(answer: Exchange) -> None:
    wait = answer.header("retry-after")
    expect.holds(wait.isdigit(), "Retry-After in seconds", wait or "no header", answer)
