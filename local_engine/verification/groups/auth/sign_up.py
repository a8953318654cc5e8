"""Making an account by request."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification import expect
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import invitation_for, login, registration
from local_engine.verification.http import Exchange

_BAD_PASSWORDS = ("short77", "x" * 129, "", 12345678, None)
_BAD_EMAILS = ("nobody", "a b@example.com", "", 5, None, "a@b\x00.com")


def checks(application: Application) -> Iterator[Check]:
    """Checks of registration, where there is one."""
    how = application.accounts.sign_up
    closed = "accounts are made by command only" if how == "closed" else ""

    def check(aspect: str, sentence: str, run: Any) -> Check:
        full = f"auth.register{aspect}"
        return Check(full, sentence, None, closed) if closed else Check(full, sentence, run)

    role = application.accounts.default_role
    roles = [role] if role else []
    yield check(
        "", "A new account has the default role only, and can sign in.", partial(_register, roles)
    )
    yield check(".taken", "An e-mail address is taken once, whatever its case.", _taken)
    yield check(".password", "Passwords have 8 to 128 characters.", _passwords)
    yield check(".email", "What is no e-mail address is refused.", _emails)
    yield check(".privileges", "Nobody gives an account roles at sign-up.", _privileges)
    sentence = "Who has no invitation cannot register."
    if how == "invite":
        yield Check("auth.register.invitation", sentence, _invitation)
    else:
        yield Check("auth.register.invitation", sentence, None, f"sign-up is {how}")


def _post(context: Context, body: dict[str, Any], **changes: Any) -> Exchange:
    return context.http.send("POST", "/auth/register", json={**body, **changes})


def _register(roles: list[str], context: Context) -> None:
    body = registration(context)
    email = str(body["email"])
    answer = expect.status_is(_post(context, body, email=email.upper()), 201)
    user = answer.json
    expect.holds(user.get("email") == email.lower(), email.lower(), str(user.get("email")), answer)
    expect.holds(
        user.get("roles") == roles,
        f"roles {roles}",
        f"roles {user.get('roles')}",
        answer,
        claim=f"answer.json()['roles'] == {roles!r}",
    )
    secret = [key for key in user if "password" in key or "token" in key]
    expect.holds(not secret, "no secret in the answer", f"the keys {secret}", answer)
    again = login(context, email, str(body["password"]))
    expect.status_is(again, 200, before=[answer])


def _taken(context: Context) -> None:
    taken = context.world.actor("user").email
    body = registration(context, taken)
    for email in (taken, taken.upper()):
        answer = _post(context, body, email=email)
        expect.problem(answer, 409, why="the address has an account")
        rule = answer.json.get("rule")
        expect.holds(
            rule == "user.email.unique",
            "rule user.email.unique",
            f"rule {rule}",
            answer,
            claim="answer.json()['rule'] == 'user.email.unique'",
        )


def _passwords(context: Context) -> None:
    body = registration(context)
    for password in _BAD_PASSWORDS:
        expect.names_field(_post(context, body, password=password), "password")


def _emails(context: Context) -> None:
    body = registration(context)
    for email in _BAD_EMAILS:
        expect.names_field(_post(context, body, email=email), "email")


def _privileges(context: Context) -> None:
    body = registration(context)
    for key, value in {"roles": ["admin"], "active": True, "id": "1", "is_admin": True}.items():
        expect.names_field(_post(context, body, **{key: value}), key)


def _invitation(context: Context) -> None:
    body = registration(context)
    without = {key: value for key, value in body.items() if key != "invitation"}
    answer = context.http.send("POST", "/auth/register", json=without)
    expect.problem(answer, 422, why="no invitation")
    expect.problem(_post(context, body, invitation="garbage"), 401, 403, 404, 409, 422)
    other = invitation_for(context, "somebody.else@example.com")
    expect.problem(_post(context, body, invitation=other), 401, 403, 404, 409, 422)
    expect.status_is(_post(context, body), 201)
