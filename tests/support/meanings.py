"""Fine points of docs/blueprint.md as requests with the statuses that they must get.

The executable model and an emitted service are both asked; neither may answer otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

EVERYBODY = "{list: public, read: public, create: public, update: public, delete: public}"
BLUEPRINT = f"""
entities:
  Ratio:
    fields:
      a: integer
      b: integer
      data: {{type: json, optional: true}}
      note: {{type: string, optional: true, filter: true}}
      kind: {{type: enum, values: [small, large], default: small, filter: true}}
    rules: [{{check: a / b > 1}}]
    access: {EVERYBODY}
  Quotient:
    fields:
      a: integer
      b: integer
      quotient: {{type: decimal, computed: a / b}}
    access: {EVERYBODY}
  Soft:
    fields: {{a: integer, b: integer}}
    rules: [{{check: b == 0 or a / b > 1}}]
    access: {EVERYBODY.replace("list: public", '"list": "public if a // b > 0"')}
  Slot:
    fields:
      name: {{type: string, unique: true}}
      starts_on: date
      ends_on: date
      picture: {{type: file, optional: true, accept: [text/plain]}}
    relations: {{tags: {{links: Tag}}, parts: {{many: Part}}}}
    rules: [{{check: ends_on > starts_on}}]
    guarded: true
    access: {EVERYBODY}
  Tag: {{fields: {{name: string}}, access: {EVERYBODY}}}
  Part:
    fields: {{label: string}}
    relations: {{slot: {{to: Slot, on_delete: cascade}}}}
    rules: [{{at_most: 1, per: slot}}]
    access: {EVERYBODY}
operations:
  divide:
    by: public
    input: {{a: integer, b: integer}}
    require: input.a / input.b > 1
    effects: [{{create: Soft, with: {{a: input.a, b: input.b}}}}]
  move:
    by: public
    input: {{slot: {{ref: Slot}}, s: date, e: date}}
    effects: [{{set: slot.starts_on, to: input.s}}, {{set: slot.ends_on, to: input.e}}]
  swap:
    by: public
    input: {{a: {{ref: Slot}}, b: {{ref: Slot}}, first: string, second: string}}
    effects: [{{set: a.name, to: input.second}}, {{set: b.name, to: input.first}}]
  replace:
    by: public
    input: {{slot: {{ref: Slot}}, part: {{ref: Part}}}}
    effects: [{{create: Part, with: {{slot: input.slot, label: "'new'"}}}}, {{delete: part}}]
  replace_in_order:
    by: public
    input: {{slot: {{ref: Slot}}, part: {{ref: Part}}}}
    effects: [{{delete: part}}, {{create: Part, with: {{slot: input.slot, label: "'new'"}}}}]
reports:
  ratios: {{of: Soft, sum: a / b, by: public}}
"""


@dataclass
class Answer:
    """What came back: the body as JSON where there is one."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


Send = Callable[[str, str, Any, dict[str, str]], Answer]
"""Sends method, path, body (bytes as they are, else JSON, None for nothing) and headers."""


class Asker:
    """Asks, and notes what was answered otherwise than it must be."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.wrong: list[str] = []

    def ask(self, status: int, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._send(method, path, body, named)
        if answer.status != status:
            said = f"{method} {path[:60]} {str(body)[:60]}: {answer.status}, not {status}"
            self.wrong.append(f"{said}: {str(answer.body)[:200]}")
        return answer

    def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = self.ask(201, "POST", path, body).body
        return row


def wrong_answers(send: Send) -> list[str]:
    """All that is answered otherwise than the reference says."""
    asker = Asker(send)
    for part in (without_value, after_each_write, guarded, limits_of_json, filters_and_ids):
        part(asker)
    return asker.wrong


def without_value(asker: Asker) -> None:
    asker.ask(422, "POST", "/ratios", {"a": 4, "b": 0})
    ratio = asker.made("/ratios", {"a": 4, "b": 2})
    asker.ask(422, "PATCH", f"/ratios/{ratio['id']}", {"b": 0})
    asker.ask(422, "POST", "/ratios", {"a": 2, "b": 2})
    asker.ask(422, "POST", "/quotients", {"a": 4, "b": 0})
    quotient = asker.made("/quotients", {"a": 4, "b": 2})
    asker.ask(422, "PATCH", f"/quotients/{quotient['id']}", {"b": 0})
    asker.ask(422, "POST", "/operations/divide", {"a": 4, "b": 0})
    asker.ask(204, "POST", "/operations/divide", {"a": 4, "b": 2})
    asker.ask(200, "GET", "/reports/ratios")
    asker.ask(200, "GET", "/softs")
    asker.made("/softs", {"a": 4, "b": 0})
    asker.ask(422, "GET", "/reports/ratios")
    asker.ask(422, "GET", "/softs")


def _slot(asker: Asker, name: str) -> str:
    body = {"name": name, "starts_on": "2026-01-01", "ends_on": "2026-01-02"}
    return str(asker.made("/slots", body)["id"])


def after_each_write(asker: Asker) -> None:
    first, second = _slot(asker, "A"), _slot(asker, "B")
    later = {"slot_id": first, "s": "2026-02-01", "e": "2026-02-02"}
    asker.ask(204, "POST", "/operations/move", later)
    asker.ask(409, "POST", "/operations/move", {**later, "e": "2026-02-01"})
    names = {"a_id": first, "b_id": second, "first": "A", "second": "B"}
    asker.ask(409, "POST", "/operations/swap", names)
    part = asker.made("/parts", {"label": "old", "slot_id": first})
    exchange = {"slot_id": first, "part_id": part["id"]}
    asker.ask(409, "POST", "/operations/replace", exchange)
    asker.ask(204, "POST", "/operations/replace-in-order", exchange)


def guarded(asker: Asker) -> None:
    slot = f"/slots/{_slot(asker, 'C')}"
    tag = asker.made("/tags", {"name": "t"})
    asker.ask(428, "PATCH", slot, {"name": "D"})
    asker.ask(204, "PUT", f"{slot}/tags/{tag['id']}")
    asker.ask(204, "DELETE", f"{slot}/tags/{tag['id']}")
    text = {"Content_Type": "text/plain"}
    asker.ask(428, "PUT", f"{slot}/picture", b"a text\n", **text)
    etag = asker.ask(200, "GET", slot).headers["etag"]
    asker.ask(204, "PUT", f"{slot}/picture", b"a text\n", If_Match=etag, **text)
    asker.ask(412, "PUT", f"{slot}/picture", b"another\n", If_Match=etag, **text)
    asker.ask(428, "DELETE", f"{slot}/picture")
    asker.ask(428, "DELETE", slot)
    etag = asker.ask(200, "GET", slot).headers["etag"]
    asker.ask(204, "DELETE", slot, If_Match=etag)


def limits_of_json(asker: Asker) -> None:
    path = f"/ratios/{asker.made('/ratios', {'a': 4, 'b': 2})['id']}"
    asker.ask(200, "PATCH", path, {"data": "x" * 65_534})
    asker.ask(422, "PATCH", path, {"data": "x" * 65_535})
    asker.ask(200, "PATCH", path, {"data": "é" * 32_767})
    asker.ask(422, "PATCH", path, {"data": "é" * 32_768})
    asker.ask(200, "PATCH", path, {"data": [1] * 32_767})
    asker.ask(422, "PATCH", path, {"data": [1] * 32_768})


def filters_and_ids(asker: Asker) -> None:
    ratio = asker.made("/ratios", {"a": 4, "b": 2, "note": "b"})
    asker.made("/ratios", {"a": 4, "b": 2, "note": "B"})
    found = asker.ask(200, "GET", "/ratios?note.gte=a").body.get("items", [])
    if [row["note"] for row in found] != ["b"]:
        asker.wrong.append(f"note.gte=a gives {found}")
    asker.ask(422, "GET", "/ratios?kind.gte=small")
    asker.ask(200, "GET", "/ratios?kind=small")
    asker.ask(200, "GET", f"/ratios/{ratio['id'].upper()}")
    for name in ("nope", ratio["id"].replace("-", ""), f"{{{ratio['id']}}}", "%20"):
        asker.ask(404, "GET", f"/ratios/{name}")
        asker.ask(404, "PATCH", f"/ratios/{name}", {"a": 5})
    asker.ask(422, "POST", "/parts", {"label": "x", "slot_id": "nope"})
    asker.ask(422, "GET", "/parts?slot_id=nope")
