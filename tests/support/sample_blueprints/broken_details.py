"""Rarer ways to break a Blueprint: so that every refusal of the resolver has a case."""

from __future__ import annotations

from pathlib import Path

from sample_blueprints.broken import Broken, a_field, a_rule

CLINICS = (Path(__file__).parents[3] / "docs/examples/language/clinics.yaml").read_text()
TODO = """\
name: Todo
entities:
  Task:
    owner: author
    fields:
      title: string
    relations:
      author: {to: User}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
"""

_TAG = "  Tag:\n    fields:\n      name: {type: string, unique: true}\n"
_SEATS = "      seats: {type: integer, min: 1}\n"
_LINE = "      order: {to: Order}\n      product: {to: Product}\n"
_TIDY = "    of: Order\n    where: status == 'cart' and created_at < now() - days(7)\n"
_RESTOCK = "      - increase: product.stock\n        by: input.amount\n"
_INPUT = "      amount: {type: integer, min: 1}\n"
_BUYER = "      buyer: {to: User}\n"


def _tag(text: str, code: str, suggestion: str | None = None, says: str = "") -> Broken:
    """A further key of Tag."""
    new = _TAG.replace("  Tag:\n", f"  Tag:\n    {text}\n")
    return Broken(_TAG, new, code, suggestion, text, says)


def _effect(text: str, code: str, at: str, suggestion: str | None = None) -> Broken:
    """Another effect of the operation restock."""
    return Broken(_RESTOCK, f"      - {text}\n", code, suggestion, at)


def _input(text: str, code: str, suggestion: str | None = None) -> Broken:
    """A further input of the operation restock."""
    return Broken(_INPUT, f"{_INPUT}      {text}\n", code, suggestion, text)


def _clinic(old: str, new: str, code: str, suggestion: str | None = None,
            at: str | None = None) -> Broken:  # fmt: skip
    """A break of the example with tenants."""
    return Broken(old, new, code, suggestion, at, base=CLINICS)


WHOLE = [
    Broken("default_role: customer", "default_role: customer\n  sign_up: closed",
           "contradiction", at="default_role"),
    Broken("default_role: customer", "default_role: customer\n  was: {clerck: seller}",
           "unknown-role", "clerk", at="clerck: seller"),
    Broken("default_role: customer", "default_role: customer\n  was: {clerk: customer}",
           "contradiction", at="clerk: customer", says="still there"),
    Broken("default_role: customer", "default_role: customer\n  was: {clerk: a, customer: a}",
           "contradiction", at="customer: a", says="was called"),
    Broken("default_role: customer", "default_role: customer\n  was: {clerk: A-b}",
           "bad-name", "a_b", at="clerk: A-b"),
    Broken("      initial: cart\n", "      initial: cart\n      was: {cartt: basket}\n",
           "unknown-state", "cart", at="cartt: basket"),
    Broken("name: Shop", 'name: "Sh\\top"', "bad-name"),
    Broken("entities:\n" + TODO.split("entities:\n")[1], "entities: {}\n", "missing-key",
           base=TODO),
    Broken("subject: Your order was cancelled", 'subject: ""', "bad-email"),
    Broken("jobs:", "webhooks: [paid, paid]\njobs:", "name-clash"),
    Broken("  restock:\n    by", "  cancel:\n    on: Order\n    by", "name-clash",
           at="  cancel:\n    on"),
    Broken(_TAG, _TAG.replace("  Tag:", "  None:"), "reserved-name", at="  None:"),
    Broken(_TAG, _TAG.replace("  Tag:", f"  {'T' * 41}:"), "bad-name", at="  TTT"),
    Broken(_TAG, _TAG.replace("name: {", "was: {") + "      b: {type: string, was: c}\n"
           "      d: {type: string, was: c}\n", "contradiction", at="      d:"),
]  # fmt: skip

FIELD_DETAILS = [
    a_field("a: {type: string, derived: count(reviews)}", "option-does-not-fit"),
    a_field("a: {type: decimal, derived: count(reviews)}", "type-mismatch"),
    a_field("a: {type: integer, derived: count(reviews) + 1}", "derived"),
    a_field("a: {type: integer, derived: count(}", "derived"),
    a_field("a: {type: integer, derived: summ(reviews.stars)}", "derived", "sum"),
    a_field('a: {type: integer, derived: "sum(reviews.stars, 1)"}', "derived"),
    a_field("a: {type: integer, derived: sum(reviews.stars * stock)}", "derived"),
    a_field("a: {type: integer, derived: sum(reviews.text)}", "derived"),
    a_field("a: {type: integer, derived: sum(reviews.product.stock)}", "derived"),
    a_field("a: {type: integer, derived: count(tags)}", "unknown-relation"),
    a_field("a: {type: date, computed: today()}", "computed"),
    a_field("a: {type: integer, computed: count(reviews)}", "computed"),
    a_field("a: {type: boolean, computed: parent is not None and parent.stock > 3}", "computed"),
    a_field("a: {type: boolean, computed: rating is None}", "computed"),
    a_field("a: {type: integer, computed: 1 + 1}", "constant"),
    a_field("a: {type: money, copied_from: paret.price}", "unknown-field", "parent",
            says="Product"),
    a_field("a: {type: money, private: true}\n      b: {type: money, copied_from: parent.a}",
            "contradiction", at="b: {type: money, copied_from"),
    a_field("a: {type: integer, editable_by: owner, default: 1}", "no-owner"),
    a_field("a: {type: integer, default: 1, editable_by: parent.owner}", "no-owner"),
    a_field("a: {type: integer, default: 1, editable_by: clerk or admin}", "unknown-actor"),
    a_field("a: {type: string, max: 0}", "bad-limit"),
    a_field("a: {type: string, max: 20000}", "bad-limit"),
    a_field("a: {type: file, max_size: 200MB}", "bad-limit"),
    a_field("a: {type: list, default: x}", "bad-default"),
    a_field("a: {type: list, of: integer, default: [x]}", "bad-default"),
    a_field("a: {type: integer, in: [1, x]}", "bad-value"),
    a_field("a: {type: uuid, default: 1-2}", "expression"),
    a_field("a: {type: time, default: 25:00}", "expression"),
    a_field("a: {type: boolean, default: 3}", "bad-default"),
    a_field("a: {type: email, default: nobody}", "bad-default"),
    a_field("a: {type: money, default: 1.005}", "bad-default"),
    a_field("a: {type: integer, default: 9007199254740993}", "bad-default"),
    a_field("memo: {type: text, optional: true}\n      a: {type: slug, default: slug(memo)}",
            "bad-default", at="a: {type: slug"),
    Broken("      tags: {links: Tag}\n", "      picture_file: {to: Tag, optional: true}\n"
           "      tags: {links: Tag}\n", "name-clash", at="picture_file: {to",
           also=("      title: {type: string, max: 80}\n",
                 "      title: {type: string, max: 80}\n      picture: {type: file}\n")),
]  # fmt: skip

ENTITY_DETAILS = [
    _tag("upsert: [nam]", "unknown-field", "name"),
    _tag("limits: {creat: 10 per minute}", "unknown-action", "create"),
    _tag("limits: {create: ten per minute}", "bad-limit"),
    _tag("sort: [-nam]", "unknown-field", "name"),
    _tag("effects: [{on: nam, delete: row}]", "unknown-event", "name"),
    _tag("effects: [{on: create}]", "missing-key"),
    _tag("states: {initial: a, transitions: {}}", "dead-states"),
    _tag("states: {initial: a, transitions: {x: {from: a, to: any, by: clerk}}}", "unknown-state"),
    _tag("states: {initial: a, transitions: {x: {from: [], to: b, by: clerk}}}", "missing-key"),
    _tag("states: {initial: A b, transitions: {x: {from: A b, to: b, by: clerk}}}", "bad-name",
         "a_b"),
    Broken("  Room:\n    fields:\n", "  Room:\n    append_only: true\n    upsert: [seats]\n"
           "    states: {initial: a, transitions: {x: {from: a, to: b, by: clerk}}}\n"
           "    fields:\n", "contradiction", at="upsert: [seats]"),
    Broken("  Room:\n    fields:\n", "  Room:\n    append_only: true\n"
           "    states: {initial: a, transitions: {x: {from: a, to: b, by: clerk}}}\n"
           "    fields:\n", "contradiction", at="    states: {initial: a",
           says="their state"),
    Broken("  Room:\n    fields:\n" + _SEATS + "    access: {list: public, read: public,"
           " create: clerk,", "  Room:\n    upsert: [seats]\n    fields:\n" + _SEATS
           + "    access: {list: public, read: public,", "contradiction", at="upsert: [seats]"),
    Broken("  Room:\n    fields:\n", "  Room:\n    sort: note\n    fields:\n"
           "      note: text\n", "option-does-not-fit", at="sort: note"),
    Broken("  Room:\n    fields:\n", "  Room:\n    sort: pin\n    fields:\n"
           "      pin: {type: integer, private: true}\n", "contradiction", at="sort: pin"),
    Broken("guest: {to: User}", "guest: {to: User, editable_by: clerk}", "contradiction",
           says="owner"),
    Broken("guest: {to: User}", "guest: {to: User, optional: true}", "contradiction"),
    Broken("guest: {to: User}", "guest: {to: User, on_delete: cascade}", "contradiction"),
    Broken("part_of: order", "part_of: author", "part-of",
           also=(_LINE, f"{_LINE}      author: {{to: User}}\n")),
    Broken("product: {to: Product}\n      author", "user: {to: Product}\n      author",
           "reserved-name", at="user: {to: Product}",
           also=("reviews: {many: Review}", "reviews: {many: Review, by: author}")),
    Broken(_LINE, f"{_LINE}      other: {{to: Order, optional: true}}\n", "ambiguous-inverse",
           at="lines: {many: OrderLine}"),
    Broken(_LINE, _LINE.replace("{to: Product}", "{to: Product, same: product}"), "bad-path",
           at="same: product"),
    Broken(_LINE, _LINE.replace("{to: Product}", "{to: Product, same: order}"),
           "unknown-relation", at="same: order"),
    Broken("parent: {to: Product, optional: true, on_delete: set null}",
           "parent: {to: Room, optional: true}\n      near: {to: Near, optional: true,"
           " same: parent}", "type-mismatch", at="near: {to",
           also=("  Room:\n", ("  Near:\n    relations: {parent: {to: Tag}}\n"
                 "    access: {read: public}\n  Room:\n"))),
    Broken("      club: {to: Club}\n", "      club: {to: Club, optional: true}\n", "members",
           at="through: Membership"),
    Broken("      user: {to: User}\n", "      user: {to: User, optional: true}\n", "members",
           at="      user: user\n"),
    Broken("        editable_by: club.owner", "        optional: true", "members",
           at="      role: role\n"),
    Broken("      join: open\n", "", "members", at="through: Membership"),
    Broken("      club: {to: Club}\n      user: {to: User}\n", "      club: {to: Club}\n"
           "      room: {to: Room, optional: true}\n      user: {to: User}\n", "no-place",
           at="place: room", also=("    place: club\n", "    place: room\n")),
    Broken("  Room:\n    fields", "  Room:\n    place: club\n    relations: {club: {to: Club,"
           " optional: true}}\n    fields", "no-place", at="place: club\n    relations"),
    Broken("club: {to: Club}\n", "club: {to: Club, editable_by: owner}\n", "contradiction"),
    Broken("{list: public, read: public, create: clerk, update: clerk, delete: clerk}\n  Review",
           "{create: clerk}\n  Review", "contradiction", at="tag: {to: Tag}",
           also=("room: {to: Room}", "room: {to: Room}\n      tag: {to: Tag}")),
    Broken("list: owner, read: owner, create: authenticated", "list: admin, read: clerk,"
           " create: authenticated", "contradiction", at="list: admin", says="never read"),
    Broken("{list: member, read: member,", '{list: [member, "member:editor"], read: member,',
           "dead-clause"),
    a_rule("unique: []", "missing-key"),
    a_rule("{no_overlap: [a, b], where: stars > 1, unless: stars > 2}", "contradiction"),
    a_rule("no_overlap: [stars]", "bad-interval"),
    a_rule("{no_overlap: [on_day, at_time]}", "bad-interval",
           also=("      stars: {type: integer", ("      on_day: date\n      at_time: datetime\n"
                 "      stars: {type: integer"))),
    a_rule("{at_most: 2, per: tags}", "unknown-field", says="many rows",
           also=("      author: {to: User}\n    rules",
                 "      author: {to: User}\n      tags: {links: Tag}\n    rules")),
]  # fmt: skip

ACTION_DETAILS = [
    _effect("create: Tag as", "bad-path", "create: Tag as"),
    _effect("{create: User, with: {}}", "user-entity", "create: User"),
    _effect("{decrease: product.parent, by: 1}", "type-mismatch", "decrease: product.parent"),
    _effect("{decrease: product.weight, by: 1}", "type-mismatch", "decrease: product.weight"),
    _effect("{set: product.parent.stock, to: 1}", "bad-path", "set: product.parent"),
    _effect("{set: product.title.x, to: 1}", "bad-path", "set: product.title"),
    _effect("{delete: product.parent}", "bad-path", "delete: product.parent"),
    _effect("{each: product.reviewz as one, delete: one}", "unknown-relation",
            "each: product.reviewz", "reviews"),
    _effect("{each: product.reviews as one, do: []}", "missing-key", "each: product.reviews"),
    _effect("{webhook: paid}", "unknown-webhook", "webhook: paid"),
    Broken(_RESTOCK, "      - {set: product.title, to: \"'x'\"}\n", "contradiction",
           at="set: product.title", also=("  Product:\n", "  Product:\n    append_only: true\n")),
    _input("a: {rows: {}}", "missing-key"),
    _input("a: {rows: {b: integer}, min: 5, max: 4}", "bad-limit"),
    _input("a: file", "option-does-not-fit"),
    _input("product_id: uuid", "name-clash"),
    Broken("    by: clerk\n    input", "    by: clerk if amount > 1\n    input", "unknown-actor",
           at="by: clerk if amount"),
    Broken("    returns: product\n", "    returns: product\n    code: python\n", "contradiction",
           at="code: python"),
    Broken("    returns: product\n", "    returns: product\n    idempotent: true\n",
           "contradiction", at="idempotent: true",
           also=("    by: clerk\n    input", "    by: public\n    input")),
    Broken("{ref: Product}", "{ref: Product, optional: true}", "bad-return",
           at="returns: product",
           also=(_RESTOCK, "      - {create: Tag, with: {name: \"'x'\"}}\n")),
    Broken("    by: clerk\nfeeds", "feeds", "nobody", at="  turnover:"),
    Broken("    of: Product\n    where: price < 5\n    sort: [-price]\n", "    of: User\n",
           "user-entity", at="of: User"),
    Broken("per: [day(due_at), buyer]", "per: [day(due_at), day(due_at)]", "name-clash"),
    Broken("per: [day(due_at), buyer]", "per: {things: extra}", "type-mismatch",
           also=("      due_at: datetime\n", "      due_at: datetime\n      extra: json\n")),
    Broken(_TIDY, f"{_TIDY}    code: python\n", "contradiction", at="code: python"),
    Broken("    of: Order\n    where: status == 'cart' and", "    where: status == 'cart' and",
           "contradiction", at="where: status == 'cart' and"),
    Broken(_TIDY, "", "missing-key", at="  tidy:", says="`of: Entity`"),
    Broken(_TIDY, "    of: User\n", "user-entity", at="of: User"),
    Broken("    every: day at 03:00\n", "", "bad-schedule", at="  tidy:"),
    Broken("text: It was due at {due_at}.", "text: It was due at {due at}.", "bad-placeholder"),
]  # fmt: skip

TENANCY = [
    _clinic("tenant: Clinic,", "tenant: Klinic,", "unknown-entity", "Clinic"),
    _clinic("tenant: Clinic,", "tenant: User,", "tenancy"),
    _clinic("      patient: {to: P", "      clinic: {to: Clinic}\n      patient: {to: P",
            "reserved-name", at="clinic: {to: Clinic}"),
    _clinic("  Clinic:\n", "  Clinic:\n    shared: true\n", "tenancy", at="    shared: true\n"),
    _clinic("create: authenticated", "create: admin", "tenancy"),
    _clinic("  Clinic:\n", "  Clinic:\n    members: {through: Staff, role: role}\n",
            "contradiction", at="members: {through"),
    _clinic("      role: {type: enum,", "      since: date\n      role: {type: enum,", "tenancy",
            at="since: date"),
    _clinic("      user: {to: User}\n", "      user: {to: User}\n      boss: {to: Staff}\n",
            "tenancy", at="boss: {to: Staff}"),
    _clinic(", creator_role: manager}", "}", "tenancy", at="tenancy:"),
    _clinic("creator_role: manager}", "creator_role: manger}", "unknown-role", "manager"),
    _clinic("{unique: [user]}", "{unique: [role]}", "members", at="tenancy:"),
    _clinic("  Staff:\n", "  Staff:\n    shared: true\n", "members", at="tenancy:"),
    _clinic("entities:\n  Clinic", "operations:\n  add:\n    by: member\n    input: {to: {ref:"
            " Clinic}}\n    effects:\n      - {create: Staff, with: {clinic: to, user: user, role:"
            " \"'dentist'\"}}\nentities:\n  Clinic", "read-only", at="- {create: Staff"),
    _clinic("  Patient:\n", "  Patient:\n    place: clinic\n", "no-place", at="place: clinic"),
    _clinic("  Clinic:\n", "  Clinic:\n    states: {initial: a, transitions: {patients:"
            " {from: a, to: b, by: member}}}\n", "name-clash", at="states: {initial: a"),
]  # fmt: skip

DETAILS = [*WHOLE, *FIELD_DETAILS, *ENTITY_DETAILS, *ACTION_DETAILS, *TENANCY]

WARNINGS = [
    Broken("jobs:", "webhooks: [paid]\njobs:", "unused", at="webhooks: [paid]"),
    Broken("roles: [customer, clerk]", "roles: [customer, clerk, driver]", "unused"),
    Broken("            - {email: cancelled, to: buyer.email}\n",
           "            - {delete: row}\n", "unused", at="  cancelled:\n"),
    Broken("access: {list: owner, read: owner, create: authenticated, update: owner, delete:"
           " owner}\noperations", "access: {list: owner, read: owner, create: authenticated}"
           "\noperations", "nobody", at="    access: {list: owner, read: owner, create:"
           " authenticated}\n"),
    Broken("      guest: {to: User}\n", "      guest: {to: User}\n      clerk: {to: User,"
           " optional: true}\n", "ambiguous-actor", at="    access: {list: [owner, clerk]",
           also=(("list: owner, read: owner, create: authenticated, update: owner, delete: owner}"
                 "\noperations"), ("list: [owner, clerk], read: [owner, clerk], create:"
                 " authenticated, update: owner, delete: owner}\noperations"))),
]  # fmt: skip
