"""Routes, bodies and refusals; an ASGI application."""

import copy
import json
import re
import traceback
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from .accounts import CHALLENGE, Accounts
from .document import ROUTES, document
from .notes import Notes
from .problems import Answer, Problem, invalid
from .values import is_id

LIMIT = 1024 * 1024
SAFE = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}

Scope = dict[str, Any]


class Service:
    """The service; `defects` may be changed while it runs."""

    def __init__(self) -> None:
        self.defects: set[str] = set()
        self.accounts = Accounts(self.defects)
        self.notes = Notes(self.defects, lambda: self.accounts.state["users"])
        self.logged: list[str] = []

    def snapshot(self) -> Any:
        """All that is stored."""
        return copy.deepcopy((self.accounts.state, self.notes.state))

    def restore(self, stored: Any) -> None:
        """Put back what `snapshot` gave."""
        self.accounts.state, self.notes.state = copy.deepcopy(stored)

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        answer = self.respond(_Request(scope, body))
        headers = {**({} if "sniffable" in self.defects else SAFE), **answer.headers}
        content = answer.body()
        if content:
            headers["Content-Type"] = answer.content_type
        if "breaks_off" in self.defects:
            headers["Content-Length"] = "1000"
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})

    def respond(self, request: "_Request") -> Answer:
        """The answer to a request."""
        self.logged.append(f"{request.method} {request.path}")
        if "bodies_logged" in self.defects:
            self.logged.append(request.body.decode("utf-8", "replace"))
        try:
            return self._route(request)
        except Problem as problem:
            kind = "application/problem+json"
            if "plain_errors" in self.defects:
                return Answer(problem.status, {"error": str(problem)}, problem.headers)
            return Answer(problem.status, problem.document, problem.headers, kind)
        except RuntimeError:
            self.logged.append(traceback.format_exc())
            return Answer(500, Problem(500).document, {}, "application/problem+json")

    def _route(self, request: "_Request") -> Answer:
        fixed: dict[str, Any] = {
            "/health": Answer(200, {}),
            "/ready": Answer(503 if "never_ready" in self.defects else 200, {}),
            "/docs": Answer(200, "page", {}, "text/html"),
            "/openapi.json": Answer(200, document(self.defects)),
        }
        if request.method == "GET" and request.path in fixed:
            return fixed[request.path]  # type: ignore[no-any-return]
        if "files_served" in self.defects and "etc/passwd" in request.path.replace("%2f", "/"):
            return Answer(200, "root:x:0:0")
        path, row_id = self._known_path(request)
        if "headers_break" in self.defects and "\xff" in request.header("authorization"):
            raise RuntimeError("not ASCII")
        user = self.accounts.authenticate(request.header("authorization"))
        if path == "/auth/invitations":
            return self.accounts.invite(user, request.object(self.defects))
        if path.startswith("/auth/"):
            return self._auth(request)
        if user is None and not (request.method == "GET" and path.startswith("/notes")):
            if "open_me" not in self.defects:
                challenge = {} if "no_challenge" in self.defects else CHALLENGE
                raise Problem(401, headers=challenge)
            user = next(iter(self.accounts.state["users"].values()))
        if path.startswith("/users"):
            return self._users(request, path, row_id, user or {})
        return self._notes(request, path, row_id, user or {})

    def _known_path(self, request: "_Request") -> tuple[str, str]:
        paths: dict[str, list[str]] = {}
        invited = [("POST", "/auth/invitations")] if self.accounts.by_invitation else []
        for method, template in [*ROUTES, *invited]:
            paths.setdefault(template, []).append(method)
        for template in sorted(paths, key=lambda path: "{" in path):
            pattern = re.sub(r"\{id\}", "([^/]+)", template)
            match = re.fullmatch(pattern, request.path)
            if not match:
                continue
            if request.method not in paths[template]:
                allow = {} if "no_allow" in self.defects else {"Allow": ", ".join(paths[template])}
                raise Problem(404 if "wrong_method_404" in self.defects else 405, headers=allow)
            return template, match[1] if match.groups() else ""
        raise Problem(400 if "unknown_path_400" in self.defects else 404)

    def _auth(self, request: "_Request") -> Answer:
        if request.path == "/auth/login":
            return self.accounts.login(request.form(), request.address(self.defects))
        body = request.object(self.defects)
        if request.path == "/auth/register":
            return self.accounts.register(body, request.address(self.defects))
        if not isinstance(body.get("refresh_token"), str):
            raise invalid("refresh_token")
        if request.path == "/auth/refresh":
            return self.accounts.refresh(body)
        return self.accounts.logout(body)

    def _users(self, request: "_Request", path: str, row_id: str, user: dict[str, Any]) -> Answer:
        if path == "/users/me" and request.method == "GET":
            return Answer(200, self.accounts.shown(user))
        if path == "/users/me":
            for key, value in request.object(self.defects).items():
                if "roles_self" not in self.defects:
                    raise invalid(key)
                user[key] = value
            return Answer(200, self.accounts.shown(user))
        if path == "/users/me/password":
            return self.accounts.change_password(user, request.object(self.defects))
        if "admin" not in user["roles"] and "users_open" not in self.defects:
            raise Problem(403)
        users = self.accounts.state["users"]
        if path == "/users":
            rows = [self.accounts.shown(one) for one in users.values()]
            return Answer(200, {"items": rows, "next_cursor": None})
        if row_id not in users:
            raise Problem(404)
        if path == "/users/{id}/roles":
            roles = request.object(self.defects).get("roles", [])
            if not set(roles) <= {"admin", "editor"} and "any_role" not in self.defects:
                raise invalid("roles")
            if self._stays_admin(row_id, roles):
                raise Problem(409, rule="user.last_admin")
            users[row_id]["roles"] = roles
        return Answer(200, self.accounts.shown(users[row_id]))

    def _stays_admin(self, user_id: str, roles: list[str]) -> bool:
        """Whether a change of roles is refused because somebody has to be an admin."""
        if "admin" in roles or "last_admin_lost" in self.defects:
            return False
        users = self.accounts.state["users"]
        others = [one for one in users.values() if one["id"] != user_id]
        return "admin" in users[user_id]["roles"] and (
            "admins_stuck" in self.defects or not any("admin" in one["roles"] for one in others)
        )

    def _notes(self, request: "_Request", path: str, row_id: str, user: dict[str, Any]) -> Answer:
        if path == "/notes" and request.method == "GET":
            return self.notes.page(request.query())
        if path == "/notes":
            key = request.header("idempotency-key")
            return self.notes.create(user, request.object(self.defects), key)
        if not is_id(row_id):
            if "bad_id_breaks" in self.defects:
                raise RuntimeError("not an id")
            raise Problem(404)
        row = self.notes.row(row_id)
        if request.method == "GET":
            return self.notes.read(row_id, request.header("if-none-match"))
        if row["author_id"] != user["id"]:
            raise Problem(403)
        if request.method == "DELETE":
            return self.notes.delete(row_id)
        if request.method == "POST":
            row |= {"status": "filed", "version": row["version"] + 1}
            return self.notes.answer(row)
        return self.notes.update(row, request.object(self.defects), request.header("if-match"))


class _Request:
    """One request, read in full."""

    def __init__(self, scope: Scope, body: bytes) -> None:
        self.method = scope["method"]
        self.path = scope["path"]
        self.body = body
        self._client = scope["client"][0]
        self._query = scope["query_string"]
        self._headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}

    def address(self, defects: set[str]) -> str:
        """Where it comes from."""
        claimed = self.header("x-forwarded-for") if "claims_believed" in defects else ""
        return claimed or str(self._client)

    def header(self, name: str) -> str:
        return str(self._headers.get(name, ""))

    def query(self) -> list[tuple[str, str]]:
        """The parameters; raises 422 where they are not UTF-8."""
        text = self._query.decode("latin-1")
        return parse_qsl(text, keep_blank_values=True, errors="surrogateescape")

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    def object(self, defects: set[str]) -> dict[str, Any]:
        """The body as a JSON object; raises a Problem."""
        kind = self.header("content-type").partition(";")[0]
        if kind != "application/json" and "any_type" not in defects:
            raise Problem(415)
        chunked = "content-length" not in self._headers and "chunks_unlimited" in defects
        if len(self.body) > LIMIT and not chunked and "unlimited" not in defects:
            raise Problem(413)
        if "numbers_break" in defects and b"1e999" in self.body:
            raise RuntimeError("infinite")
        try:
            value = json.loads(self.body.decode())
        except (ValueError, RecursionError) as error:
            if isinstance(error, RecursionError) and "deep_breaks" in defects:
                raise RuntimeError("too deep") from error
            raise Problem(422 if "malformed_422" in defects else 400) from error
        if not isinstance(value, dict):
            if "arrays_taken" in defects:
                return {}
            raise Problem(422)
        return value
