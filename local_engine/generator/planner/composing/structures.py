"""Structures: when several things make a pattern together, and the names that fill it in."""

from __future__ import annotations

from typing import Any

from local_engine.generator.planner.composing.access import staff_of
from local_engine.generator.planner.composing.patterns import pattern
from local_engine.generator.planner.draft import Draft, Span, Thing
from local_engine.generator.planner.events import OperationFound
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import entity_name, field_name, role_name, snake

_SOLD = ("product", "dish", "book")


def build_structures(draft: Draft) -> None:
    """Puts the patterns in place of the things that stand for them."""
    _ordering(draft)
    _ledger(draft)
    _inventory(draft)
    _membership(draft)


def install(draft: Draft, data: dict[str, Any], span: Span | None, why: str) -> None:
    """Adds the entities and operations of a pattern as they are."""
    for name, facts in data.get("entities", {}).items():
        key = snake(name)
        thing = next((t for t in draft.things.values() if t.name == name), None)
        if thing is None:
            thing = Thing(key, name, "pattern", {}, span)
            draft.things[key] = thing
        thing.finished = True
        thing.fields = dict(facts.pop("fields", {}))
        thing.relations = dict(facts.pop("relations", {}))
        thing.rules = list(facts.pop("rules", []))
        thing.states = facts.pop("states", None)
        thing.access = facts.pop("access", {})
        thing.owner = facts.pop("owner", None)
        thing.part_of = facts.pop("part_of", None)
        thing.extra |= facts
        draft.decide(f"entities.{name}", "entity", span or None, why)
    for name, facts in data.get("operations", {}).items():
        draft.operations[name] = facts
        draft.emit(OperationFound(f"operations.{name}", name))
        draft.decide(f"operations.{name}", "operation", span or None, why)


def _ordering(draft: Draft) -> None:
    """Orders of products: a cart with lines, that takes stock when it is placed."""
    order = draft.things.get("order")
    cart = draft.things.pop("cart", None)
    if order is None and cart is not None:
        order = draft.known("order", cart.span)
    if order is None:
        return
    product = next((t for noun in _SOLD if (t := draft.find(noun))), None)
    targets = [draft.things[key] for key in order.targets if key in draft.things]
    product = product or next((t for t in targets if t.kind in ("catalogue", "unknown")), None)
    if product is None:
        product = draft.known("product")
        assert product is not None
        draft.decide("entities.Product", "entity", None, "orders need something to order")
    product.kind = "catalogue"
    stock = "stock" in product.fields or any(
        p.kind == "takes_stock" for p in draft.flags["phrases"]
    )
    if stock:
        product.fields.setdefault("stock", {"type": "integer", "min": 0})
    buyers = [r for r in order.who("create") if r not in ("authenticated", "admin")]
    customer = field_name(buyers[0] if buyers else _customer(draft))
    names = {
        "customer": customer,
        "product": field_name(product.key),
        "Product": product.name,
        "label": "name" if not product.facts or _has_name(product) else "title",
        "staff": ", ".join(staff_of(draft, order)),
    }
    flags = {"price"} | ({"stock"} if stock else set())
    product.fields.setdefault("price", {"type": "money", "min": 0, "filter": True, "sort": True})
    install(draft, pattern("order", names, flags), order.span, "orders of " + product.name)
    why = "a cart is an order that is not placed yet"
    draft.decide("entities.Order.states.cart", "initial state", cart.span if cart else None, why)


def _has_name(thing: Thing) -> bool:
    return "name" in thing.fields or any(
        t.startswith("name ") for t in thing.facts.get("fields", ())
    )


def _customer(draft: Draft) -> str:
    persons = lexicon().persons
    low = [name for person, name in draft.roles.items() if person in persons["low"]]
    return low[0] if low else "customer"


def bought_reviews(draft: Draft) -> bool:
    """Only who bought a product reviews it."""
    review, order = draft.find("review"), draft.things.get("order_line")
    if review is None or order is None or review.finished:
        return False
    product = next(r["to"] for n, r in order.relations.items() if n != "order" and "to" in r)
    thing = next(t for t in draft.things.values() if t.name == product)
    customer = str(draft.things["order"].owner)
    rating = review.fields.get("rating", {})
    role = next((r for r in review.who("create")), "authenticated")
    names = {
        "customer": customer,
        "product": field_name(thing.key),
        "Product": thing.name,
        "low": str(rating.get("min", 1)),
        "high": str(rating.get("max", 5)),
        "role": role,
        "staff": "admin",
    }
    review.name = "Review"
    thing.relations["reviews"] = {"many": "Review"}
    thing.fields["rating"] = {
        "type": "decimal",
        "places": 2,
        "derived": "avg(reviews.rating)",
        "sort": True,
    }
    thing.fields["review_count"] = {"type": "integer", "derived": "count(reviews)"}
    for name in ("rating", "review_count"):
        draft.decide(f"entities.{thing.name}.fields.{name}", "derived", None, "of its reviews")
    install(draft, pattern("bought_review", names), review.span, "reviews by buyers")
    _take_back_reviews(draft, names["product"])
    return True


def _take_back_reviews(draft: Draft, product: str) -> None:
    """Who cancelled an order has not bought what was in it: its reviews go with it."""
    states = draft.things["order"].states
    assert states is not None
    reviews = {
        "each": f"line.{product}.reviews as review",
        "where": "review.order_line == line",
        "delete": "review",
    }
    cancel = states["transitions"]["cancel"]
    cancel["effects"] = [*cancel.get("effects", ()), {"each": "lines as line", "do": [reviews]}]
    path = "entities.Order.states.transitions.cancel.effects"
    draft.decide(path, "reviews go", None, "what was cancelled was not bought")


def _ledger(draft: Draft) -> None:
    """Accounts with entries that are never changed; the balance is their sum."""
    words = draft.flags.get("ledger", [])
    account = draft.find("account") or draft.find("wallet")
    ledger = draft.things.pop("ledger", None)
    if not words and ledger is None:
        return
    verbs = [w for w in ("deposit", "withdraw", "transfer") if w in words] or [
        "deposit",
        "withdraw",
    ]
    account = account or draft.known("account", ledger.span if ledger else None)
    assert account is not None
    currencies = draft.flags.get("currencies", [])
    kinds = {"deposit": "deposit", "withdraw": "withdrawal", "transfer": "transfer"}
    holders = [r for r in account.who("own", "create") if r not in ("authenticated", "admin")]
    names = {
        "Account": account.name,
        "account": field_name(account.key),
        "holder": field_name(holders[0]) if holders else "holder",
        "currencies": ", ".join(currencies),
        "kinds": ", ".join(kinds[v] for v in verbs),
    }
    flags = {*verbs, *(["currencies"] if currencies else [])}
    install(draft, pattern("ledger", names, flags), account.span, "a ledger: " + ", ".join(verbs))
    if len(currencies) == 1:
        draft.flags["currency"] = currencies[0]


def _inventory(draft: Draft) -> None:
    """Stock of items at locations, changed by movements only."""
    moving = draft.things.pop("stock_movement", None)
    phrase = next((p for p in draft.flags["phrases"] if p.kind == "movements"), None)
    if moving is None and phrase is None:
        return
    item = draft.find("item") or draft.find("product") or draft.known("item")
    place = draft.find("location") or draft.find("warehouse") or draft.known("location")
    assert item is not None
    assert place is not None
    item.fields.pop("stock", None)
    names = {
        "item": field_name(item.key),
        "Item": item.name,
        "place": field_name(place.key),
        "Place": place.name,
        "label": item.key,
        "staff": ", ".join(staff_of(draft)),
    }
    span = phrase.span if phrase else (moving.span if moving else None)
    draft.flags["inventory"] = item.key
    item.fields["quantity"] = {"type": "integer", "derived": "sum(stocks.quantity)", "sort": True}
    item.flags.setdefault("said", []).append("quantity")
    item.relations["stocks"] = {"many": "Stock"}
    install(draft, pattern("inventory", names), span, "stock changes by movements only")
    order = draft.find("purchase_order")
    if order is not None:
        what = "receiving it books no stock"
        draft.decide(f"entities.{order.name}.states", what, None, "movements alone change stock")


def _membership(draft: Draft) -> None:
    """Places with members: communities, groups, clubs."""
    for place in list(draft.things.values()):
        people = place.flags.get("members")
        if not people or place.finished or draft.tenant:
            continue
        roles = list(
            dict.fromkeys(["member" if p in ("user", "people") else snake(p) for p in people])
        )
        roles = roles if "member" in roles else ["member", *roles]
        leading = [role for role in roles if role != "member"]
        names = {
            "place": field_name(place.key),
            "Place": place.name,
            "roles": ", ".join(roles),
            "lowest": "member",
        }
        install(draft, pattern("membership", names), place.span, "members of " + place.name)
        membership = {"through": "Membership", "user": "user", "role": "role", "join": "open"}
        place.extra["members"] = membership
        place.flags["leading"] = [f"member:{role_name(role)}" for role in leading]
        place.owner = "creator"
        place.relations = {"creator": {"to": "User"}, **place.relations}
        _inhabit(draft, place)
        return


def _inhabit(draft: Draft, place: Thing) -> None:
    """What people write in a place belongs to it: members write, moderators may delete."""
    leading = place.flags["leading"]
    read = "public" if draft.product.get("public") else "member"
    seen = "public" if draft.product.get("public") else "authenticated"
    place.finished = False
    place.access = {
        "list": seen,
        "read": seen,
        "create": "authenticated",
        "update": ["owner", *leading],
        "delete": "owner",
    }
    inside = [t for t in draft.things.values() if t.kind == "content" and t is not place]
    direct = [
        t for t in inside if not any(draft.find(b.rstrip("?!")) for b in t.facts.get("belongs", ()))
    ]
    for thing in inside:
        if thing in direct:
            thing.relations[field_name(place.key)] = {"to": place.name, "on_delete": "cascade"}
            thing.extra["place"] = field_name(place.key)
        else:
            parent = next(t for b in thing.facts["belongs"] if (t := draft.find(b.rstrip("?!"))))
            if parent not in direct:
                continue
            thing.extra["place"] = f"{field_name(parent.key)}.{field_name(place.key)}"
        thing.access = {
            "list": read,
            "read": read,
            "create": "member",
            "update": "owner",
            "delete": ["owner", *leading],
        }


def tenancy(draft: Draft) -> dict[str, Any] | None:
    """Tenants whose data stays apart."""
    if not draft.tenant:
        return None
    readers = lexicon().persons["readers"]
    roles = draft.tenant_roles or ["owner", "member_"]
    roles = [role.rstrip("_") if role != "member_" else "editor" for role in roles]
    draft.tenant_roles = roles
    lowest = next((role for role in roles if role in readers), roles[-1])
    name = entity_name(draft.tenant)
    names = {"Tenant": name, "highest": roles[0], "roles": ", ".join(roles), "lowest": lowest}
    install(
        draft, pattern("tenancy", names), draft.flags.get("tenant_span"), "its data stays apart"
    )
    return {
        "tenant": name,
        "through": "Membership",
        "user": "user",
        "role": "role",
        "creator_role": roles[0],
    }
