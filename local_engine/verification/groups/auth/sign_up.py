"""Making an account by request."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from local_engine.generator.blueprint.resolved import USER, Application
from local_engine.verification import expect
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.auth.flows import login
from local_engine.verification.http import Exchange
from local_engine.verification.world import Draft

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


def _post(context: Context, draft: Draft, **changes: Any) -> Exchange:
    return context.http.send("POST", draft.path, json={**draft.body, **changes})


def _register(roles: list[str], context: Context) -> None:
    draft = context.world.draft(USER)
    email = str(draft.body["email"])
    answer = expect.status_is(_post(context, draft, email=email.upper()), 201)
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
    again = login(context, email, str(draft.body["password"]))
    expect.status_is(again, 200, before=[answer])


def _taken(context: Context) -> None:
    draft = context.world.draft(USER)
    taken = context.world.actor("user").email
    for email in (taken, taken.upper()):
        answer = _post(context, draft, email=email)
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
    draft = context.world.draft(USER)
    for password in _BAD_PASSWORDS:
        expect.names_field(_post(context, draft, password=password), "password")


def _emails(context: Context) -> None:
    draft = context.world.draft(USER)
    for email in _BAD_EMAILS:
        expect.names_field(_post(context, draft, email=email), "email")


def _privileges(context: Context) -> None:
    draft = context.world.draft(USER)
    for key, value in {"roles": ["admin"], "active": True, "id": "1", "is_admin": True}.items():
        expect.names_field(_post(context, draft, **{key: value}), key)


def _invitation(context: Context) -> None:
    draft = context.world.draft(USER)
    without = {key: value for key, value in draft.body.items() if key != "invitation"}
    answer = context.http.send("POST", draft.path, json=without)
    expect.problem(answer, 422, why="no invitation")
    expect.problem(_post(context, draft, invitation="garbage"), 401, 403, 404, 409, 422)
