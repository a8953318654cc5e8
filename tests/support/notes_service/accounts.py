"""Accounts, sessions and tokens, in memory."""

import re
import secrets
import time
from typing import Any
from uuid import uuid4

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from .problems import Answer, Problem, invalid

SECRET_KEY = "a secret key of the notes service, long enough"
CHEAP = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
FREE_ATTEMPTS = 25
REGISTRATIONS = 60
LIFE = 600
CHALLENGE = {"WWW-Authenticate": "Bearer"}
AUDIENCE = "notes"
ADDRESS = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.\w+")


class Accounts:
    """Users, refresh tokens and failed attempts; `state` is all that is stored."""

    def __init__(self, defects: set[str]) -> None:
        self.defects = defects
        self.hasher = CHEAP
        self.by_invitation = False
        self.state: dict[str, Any] = {
            "users": {},
            "tokens": {},
            "revoked": [],
            "failures": {},
            "registrations": {},
            "invitations": {},
        }

    def make(self, email: str, password: str, roles: list[str]) -> dict[str, Any]:
        """A new account, or an existing one changed."""
        known = next((u for u in self.state["users"].values() if u["email"] == email.lower()), None)
        user = known or {"id": str(uuid4()), "email": email.lower()}
        now = "2026-01-01T00:00:00+00:00"
        user |= {
            "roles": roles,
            "hash": self.hasher.hash(password),
            "created_at": now,
            "updated_at": now,
        }
        self.state["users"][user["id"]] = user
        return user

    def shown(self, user: dict[str, Any]) -> dict[str, Any]:
        """An account as it is answered."""
        hidden = () if "hash_shown" in self.defects else ("hash",)
        row = {key: value for key, value in user.items() if key not in hidden}
        if "hash" in row:
            row["password_hash"] = row.pop("hash")
        return row

    def invite(self, user: dict[str, Any] | None, body: dict[str, Any]) -> Answer:
        if user is None or "admin" not in user["roles"]:
            raise Problem(403)
        token = secrets.token_urlsafe(32)
        self.state["invitations"][token] = str(body["email"]).lower()
        return Answer(201, {"token": token, "expires_at": "2030-01-01T00:00:00+00:00"})

    def _check_invitation(self, token: Any, email: str) -> None:
        """Raises a Problem unless the invitation is good; it is used up."""
        invited = self.state["invitations"].get(token)
        if invited is None or (invited != email.lower() and "any_invitation" not in self.defects):
            raise invalid("invitation")
        del self.state["invitations"][token]

    def register(self, body: dict[str, Any], address: str) -> Answer:
        email, password = body.get("email"), body.get("password")
        if not isinstance(email, str) or not ADDRESS.fullmatch(email):
            if "any_email" not in self.defects:
                raise invalid("email")
            email = str(email)
        self.check_password(password, "password")
        allowed = {"email", "password", "invitation"} | (
            {"roles"} if "roles_taken" in self.defects else set()
        )
        for key in body:
            if key not in allowed:
                raise invalid(key)
        self._count_registration("" if "limited_together" in self.defects else address)
        folded = email if "email_case" in self.defects else email.lower()
        taken = any(user["email"] == folded for user in self.state["users"].values())
        if self.by_invitation and not taken:
            self._check_invitation(body.get("invitation"), email)
        if taken and "taken_again" not in self.defects:
            raise Problem(409, rule="user.email.unique")
        roles = ["admin"] if "admin_by_default" in self.defects else body.get("roles", [])
        return Answer(201, self.shown(self.make(email, str(password), roles)))

    def _count_registration(self, address: str) -> None:
        counts = self.state["registrations"]
        counts[address] = counts.get(address, 0) + 1
        if counts[address] > REGISTRATIONS and "registrations_unlimited" not in self.defects:
            raise Problem(429, headers={"Retry-After": "3600"})

    def check_password(self, password: Any, name: str) -> None:
        """Raises a Problem unless it may be a password."""
        if not isinstance(password, str):
            raise invalid(name)
        if "short_passwords" not in self.defects and not 8 <= len(password) <= 128:
            raise invalid(name)

    def login(self, form: dict[str, str], address: str) -> Answer:
        email, password = form.get("username", "").lower(), form.get("password", "")
        if "email_case" in self.defects:
            email = form.get("username", "")
        subject = (
            "" if "address_locked" in self.defects else email,
            "" if "account_locked" in self.defects else address,
        )
        failures = self.state["failures"].get(subject, 0)
        if failures >= FREE_ATTEMPTS and "no_throttling" not in self.defects:
            raise Problem(429, headers={"Retry-After": "1"})
        user = next((u for u in self.state["users"].values() if u["email"] == email), None)
        if user is None and "enumerable" in self.defects:
            raise Problem(401, "There is no such account.", headers=CHALLENGE)
        if user is not None or "fast_unknown" not in self.defects:
            try:
                self.hasher.verify(user["hash"] if user else self.hasher.hash("nobody"), password)
                if user is not None:
                    return self._tokens(user["id"], str(uuid4()))
            except VerifyMismatchError:
                if user is not None and "any_password" in self.defects:
                    return self._tokens(user["id"], str(uuid4()))
        self.state["failures"][subject] = failures + 1
        raise Problem(401, "Wrong address or password.", headers=CHALLENGE)

    def _tokens(self, user_id: str, family: str) -> Answer:
        refresh = secrets.token_urlsafe(32)
        self.state["tokens"][refresh] = {"user": user_id, "family": family, "used": False}
        claims: dict[str, Any] = {
            "sub": user_id,
            "roles": self.state["users"][user_id]["roles"],
            "iss": AUDIENCE,
            "aud": AUDIENCE,
            "iat": int(time.time()),
            "exp": int(time.time()) + (86_400 if "long_tokens" in self.defects else LIFE),
            "jti": str(uuid4()),
        }
        access = jwt.encode(claims, SECRET_KEY, algorithm="HS256")
        life = claims["exp"] - claims["iat"]
        shape = {"access_token": access, "token_type": "bearer", "expires_in": life}
        if "tokens_misshapen" in self.defects:
            shape["expires_in"] = "soon"
        return Answer(200, {**shape, "refresh_token": refresh})

    def refresh(self, body: dict[str, Any]) -> Answer:
        token = self.state["tokens"].get(body.get("refresh_token"))
        if token is None and "any_refresh" in self.defects:
            token = next(iter(self.state["tokens"].values()))
        if token is None:
            raise Problem(401, headers=CHALLENGE)
        if "refresh_keeps" in self.defects:
            return Answer(200, {**self._tokens(token["user"], "").json, **body})
        if token["used"] and "reuse_taken" not in self.defects:
            if "family_kept" not in self.defects:
                self._revoke(token["family"])
            if "all_revoked" in self.defects:
                self.state["revoked"] += [t["family"] for t in self.state["tokens"].values()]
            raise Problem(401, headers=CHALLENGE)
        if token["family"] in self.state["revoked"]:
            raise Problem(401, headers=CHALLENGE)
        token["used"] = True
        return self._tokens(token["user"], token["family"])

    def _revoke(self, family: str) -> None:
        self.state["revoked"].append(family)

    def logout(self, body: dict[str, Any]) -> Answer:
        token = self.state["tokens"].get(body.get("refresh_token"))
        if token and "logout_ignored" not in self.defects:
            self._revoke(token["family"])
        return Answer(204)

    def authenticate(self, header: str) -> dict[str, Any] | None:
        """The user of an Authorization header; raises 401 when it is wrong in any way."""
        if not header:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" and "any_scheme" not in self.defects:
            raise Problem(401, headers=CHALLENGE)
        try:
            claims = self._decode(token)
            user: dict[str, Any] | None = self.state["users"].get(claims.get("sub"))
            if user is None and "any_subject" in self.defects:
                return next(iter(self.state["users"].values()))  # type: ignore[no-any-return]
            if user is None:
                raise Problem(401, headers=CHALLENGE)
        except (jwt.InvalidTokenError, ValueError) as error:
            if "refresh_as_access" in self.defects and token in self.state["tokens"]:
                found: dict[str, Any] = self.state["users"][self.state["tokens"][token]["user"]]
                return found
            if "garbage_is_anonymous" in self.defects:
                return None
            if "garbage_breaks" in self.defects:
                raise RuntimeError("not a token") from error
            raise Problem(401, headers=CHALLENGE) from error
        return user

    def _decode(self, token: str) -> dict[str, Any]:
        keys = [SECRET_KEY] + (["x" * 32] if "common_key" in self.defects else [])
        required = ["exp", "sub", "iss", "aud", "iat", "jti"]
        if "any_subject" in self.defects:
            required.remove("sub")
        options: Any = {"require": required}
        for claim in ("aud", "iss", "exp"):
            if f"{claim}_unchecked" in self.defects:
                options[f"verify_{claim}"] = False
                options["require"].remove(claim)
        if "signature_unchecked" in self.defects:
            options["verify_signature"] = False
        elif "alg_none" in self.defects:
            head = jwt.get_unverified_header(token)
            options["verify_signature"] = str(head.get("alg", "")).lower() != "none"
        if not options.get("verify_signature", True):
            return dict(jwt.decode(token, options={"verify_signature": False}))
        for key in keys:
            try:
                return dict(
                    jwt.decode(
                        token, key, algorithms=["HS256"], options=options,
                        audience=None if "aud_unchecked" in self.defects else AUDIENCE,
                        issuer=None if "iss_unchecked" in self.defects else AUDIENCE,
                    )
                )  # fmt: skip
            except jwt.InvalidSignatureError:
                continue
        raise jwt.InvalidSignatureError

    def change_password(self, user: dict[str, Any], body: dict[str, Any]) -> Answer:
        try:
            self.hasher.verify(user["hash"], str(body.get("current_password")))
        except VerifyMismatchError as error:
            if "password_unasked" not in self.defects:
                raise invalid("current_password") from error
        self.check_password(body.get("new_password"), "new_password")
        user["hash"] = self.hasher.hash(body["new_password"])
        if "sessions_kept" not in self.defects:
            mine = [t for t in self.state["tokens"].values() if t["user"] == user["id"]]
            self.state["revoked"] += [t["family"] for t in mine]
        return Answer(204)
