"""Ways to break the shop: what is replaced, and the problem that must be told for it."""

from __future__ import annotations

from dataclasses import dataclass

from sample_blueprints.shop import SHOP


@dataclass(frozen=True)
class Broken:
    """`old` becomes `new` (and `also`); the problem is in the line of `at` (default: `new`)."""

    old: str
    new: str
    code: str
    suggestion: str | None = None
    at: str | None = None
    says: str = ""
    also: tuple[str, str] | None = None
    base: str = SHOP

    @property
    def text(self) -> str:
        """The broken Blueprint."""
        text = self.base
        for old, new in filter(None, ((self.old, self.new), self.also)):
            if old not in text:
                raise ValueError(f"not in the Blueprint: {old}")
            text = text.replace(old, new, 1)
        return text

    @property
    def line(self) -> int:
        """Where the problem must be told."""
        return self.text[: self.text.index(self.at or self.new)].count("\n") + 1


_CLERKS = "    access: {list: public, read: public, create: clerk, update: clerk, delete: clerk}"
_PRODUCT_TITLE = "      title: {type: string, max: 80}\n"
_REVIEW_RULE = "      - unique: [product, author]\n"


def a_field(
    text: str, code: str, suggestion: str | None = None, says: str = "", at: str | None = None
) -> Broken:
    """A further field of Product."""
    new = f"{_PRODUCT_TITLE}      {text}\n"
    return Broken(_PRODUCT_TITLE, new, code, suggestion, at or text, says)


def a_rule(
    text: str,
    code: str,
    suggestion: str | None = None,
    says: str = "",
    also: tuple[str, str] | None = None,
) -> Broken:
    """A further rule of Review."""
    new = f"{_REVIEW_RULE}      - {text}\n"
    return Broken(_REVIEW_RULE, new, code, suggestion, text, says, also)


SHAPE = [
    Broken("name: Shop\n", "", "missing-key", at="blueprint: 1", says="`name`"),
    Broken("blueprint: 1", "blueprint: 2", "unknown-word"),
    Broken("currency: EUR", "curency: EUR", "unknown-key", "currency"),
    Broken("owner: founder", "ownr: founder", "unknown-key", "owner"),
    Broken("{type: slug, unique: true}", "{type: slug, uniqe: true}", "unknown-key", "unique"),
    Broken("      seats: {type: integer", "      seats: {type: intger", "unknown-type", "integer"),
    Broken("due_at: datetime", "due_at: timestamp", "unknown-type", "datetime"),
    Broken("due_at: datetime", "due_at: xyz", "unknown-type"),
    Broken("due_at: datetime", "due_at: 5", "wrong-kind"),
    Broken("guest: {to: User}", "guest: User", "wrong-kind", says="{to: User}"),
    Broken("room: {to: Room}", "room: {two: Room}", "unknown-key", "to"),
    Broken("room: {to: Room}", "room: {optional: true}", "unknown-kind"),
    Broken("initial: cart", "initial: [cart]", "wrong-kind"),
    Broken("          to: placed\n", "", "missing-key", at="        place:", says="`to`"),
    Broken("- check: ends_at > starts_at", "- chek: ends_at > starts_at", "unknown-key", "check"),
    Broken("join: open", "join: opened", "unknown-word", "open"),
    Broken("on_delete: set null", "on_delete: nullify", "unknown-word"),
    Broken("unique: true}\n      picture", "unique: yes}\n      picture", "wrong-kind",
           at="unique: yes"),
    Broken("            - {email: cancelled", "            - {mail: cancelled", "unknown-key",
           "email"),
    Broken("    effects:\n      - delete: row", "    effects: delete row", "wrong-kind",
           at="effects: delete row"),
    Broken("computed: quantity * unit_price", "computed: round(quantity * unit_price, 2)",
           "unknown-key", says="quotes"),
    Broken("name: Shop", "name: Shop\nname: Store", "duplicate-key", at="name: Store"),
    Broken("name: Shop", "name: &x Shop", "syntax"),
    Broken("name: Shop", "name: !!str Shop", "syntax"),
    Broken("name: Shop", "name: Shop: big", "syntax"),
]  # fmt: skip

NAMES = [
    Broken("name: Shop", 'name: "  "', "bad-name"),
    Broken("currency: EUR", "currency: EURO", "unknown-currency", "EUR"),
    Broken("time_zone: Europe/Berlin", "time_zone: Europe/Berln", "unknown-time-zone",
           "Europe/Berlin"),
    Broken("  Room:\n", "  room:\n", "bad-name", "Room"),
    Broken("due_at: datetime", "dueAt: datetime", "bad-name", "due_at"),
    Broken("note: {type: string", "class: {type: string", "reserved-name", "class_"),
    Broken("note: {type: string", "model_dump: {type: string", "reserved-name", "model_dump_"),
    Broken("note: {type: string", "none: {type: string", "reserved-name", "none_"),
    Broken("note: {type: string", "version: {type: string", "reserved-name"),
    Broken("note: {type: string", "input: {type: string", "reserved-name"),
    Broken("note: {type: string", "user: {type: string", "reserved-name"),
    Broken("note: {type: string", "status: {type: string", "reserved-name", at="    states:"),
    Broken("note: {type: string", f"{'n' * 41}: {{type: string", "bad-name"),
    Broken("note: {type: string", "lines: {type: string", "reserved-name", at="lines: {many"),
    Broken("note: {type: string", "buyer_id: {type: string", "name-clash"),
    Broken("nickname: {type", "password: {type", "reserved-name"),
    Broken("    fields:\n      nickname", "    owner: me\n    fields:\n      nickname",
           "user-entity", at="owner: me"),
    Broken("  Tag:\n    fields", "  Tag:\n    plural: rooms\n    fields", "name-clash",
           at="  Room:"),
    Broken("  Tag:\n    fields", "  Tag:\n    plural: files\n    fields", "reserved-name",
           at="  Tag:"),
    Broken("  Tag:\n    fields", "  Tag:\n    plural: reports\n    fields", "reserved-name",
           at="  Tag:"),
    Broken("roles: [customer, clerk]", "roles: [customer, clerk, owner]", "reserved-name"),
    Broken("roles: [customer, clerk]", "roles: [customer, clerk, clerk]", "name-clash"),
    Broken("default_role: customer", "default_role: custmer", "unknown-role", "customer"),
    Broken("default_role: customer", "default_role: admin", "contradiction"),
    Broken("        cancel:\n", "        lines:\n", "name-clash"),
    Broken("  restock:\n    by", "  tags:\n    on: Product\n    by", "name-clash",
           at="  tags:\n"),
]  # fmt: skip

FIELDS = [
    a_field("a: {type: boolean, min: 1}", "option-does-not-fit"),
    a_field("a: {type: text, unique: true}", "option-does-not-fit"),
    a_field("a: {type: string, places: 2}", "option-does-not-fit"),
    a_field("a: {type: integer, max_size: 2MB}", "option-does-not-fit"),
    a_field("a: {type: list, of: money}", "option-does-not-fit"),
    a_field("a: {type: integer, min: 5, max: 4}", "bad-limit"),
    a_field("a: {type: integer, min: 0.5}", "bad-limit"),
    a_field("a: {type: string, min: 300}", "bad-limit"),
    a_field("a: {type: date, max: yesterday}", "bad-limit"),
    a_field("a: {type: money, min: 0.001}", "bad-limit"),
    a_field("a: {type: file, max_size: huge}", "bad-limit"),
    a_field("a: {type: decimal, places: 99}", "bad-limit"),
    a_field("a: {type: enum}", "missing-key"),
    a_field("a: {type: enum, values: [x, x]}", "bad-value"),
    a_field("a: {type: enum, values: [in stock]}", "bad-name", "in_stock"),
    a_field("a: {type: integer, in: [1, 1]}", "bad-value"),
    a_field("a: {type: enum, values: [red, green], default: gren}", "bad-default", "green"),
    a_field("a: {type: integer, max: 5, default: 6}", "bad-default"),
    a_field("a: {type: integer, nonzero: true, default: 0}", "bad-default"),
    a_field("a: {type: string, default: 5}", "bad-default"),
    a_field("a: {type: date, default: 2026-02-30}", "expression"),
    a_field("a: {type: date, default: todya()}", "expression", "today"),
    a_field("a: {type: datetime, default: today()}", "expression"),
    a_field("a: {type: slug, default: slug(titel)}", "unknown-field", "title"),
    a_field("a: {type: string, pattern: '^a$'}", "bad-pattern"),
    a_field("a: {type: string, pattern: '(?=a)a'}", "bad-pattern"),
    a_field("a: {type: string, pattern: '(a'}", "bad-pattern"),
    a_field("a: {type: string, pattern: '(a)\\1'}", "bad-pattern"),
    a_field("a: {type: file, accept: [png]}", "bad-value"),
    a_field("a: {type: integer, derived: sum(reviews.strs)}", "expression", "stars"),
    a_field("a: {type: integer, derived: sum(review.stars)}", "unknown-relation", "reviews"),
    a_field("a: {type: money, derived: sum(reviews.stars)}", "type-mismatch"),
    a_field("a: {type: integer, derived: total(reviews)}", "derived"),
    a_field("a: {type: integer, derived: count(reviews.stars)}", "derived"),
    a_field("a: {type: integer, derived: sum(reviews)}", "derived"),
    a_field("a: {type: integer, derived: count(reviews, where=created_at > now())}", "derived"),
    a_field("a: {type: integer, derived: count(reviews), default: 3}", "contradiction"),
    a_field("a: {type: integer, derived: count(reviews), computed: stock}", "contradiction"),
    a_field("a: {type: integer, computed: b}", "expression"),
    a_field("a: {type: integer, computed: a + 1}", "cycle"),
    a_field("a: {type: string, computed: parent.title}", "expression"),
    a_field("a: {type: money, copied_from: parent.prize}", "unknown-field", "price"),
    a_field("a: {type: money, copied_from: parent.stock}", "type-mismatch"),
    a_field("a: {type: money, copied_from: price}", "bad-path"),
    a_field("a: {type: integer, editable_by: admin}", "missing-value"),
    a_field("a: {type: integer, default: 1, editable_by: clark}", "unknown-actor", "clerk"),
    a_field("a: {type: integer, private: true, filter: true}", "contradiction"),
    a_field("a: {type: integer, check: stock > 2}", "constant"),
    a_field("a: {type: string, was: code}", "contradiction"),
    a_field(
        "a: {type: integer, private: true}\n      b: {type: integer, computed: a + 1}",
        "contradiction",
        at="b: {type: integer, computed: a + 1}",
    ),
    a_field(
        "a: {type: integer, visible_to: clerk}\n      b: {type: integer, computed: a + 1}",
        "contradiction",
        at="b: {type: integer, computed: a + 1}",
    ),
    a_field("limit: {type: integer, filter: true}", "reserved-name"),
]

RULES = [
    a_rule("check: starz > 3", "expression", "stars"),
    a_rule("check: stars + 1", "expression"),
    a_rule("check: true", "constant"),
    a_rule("check: text > 'a'", "expression", says="missing"),
    a_rule("check: product.titel == 'a'", "expression", "title"),
    a_rule("unique: [product, auther]", "unknown-field", "author"),
    a_rule("unique: [product, product]", "name-clash"),
    a_rule("unique: [text]", "option-does-not-fit"),
    a_rule("{unique: [stars], where: product.stock > 1}", "bad-condition"),
    a_rule("{at_most: 0, per: product}", "bad-limit"),
    a_rule("{at_most: product.stock}", "bad-limit"),
    a_rule("{at_most: product.title, per: product}", "expression"),
    a_rule("{at_most: 3, per: stars}", "unknown-field"),
    a_rule("no_overlap: [created_at, updated_at]", "unknown-field"),
    a_rule("no_overlap: [stars, text]", "bad-interval"),
    a_rule("{check: stars > 1, id: Bad Id}", "bad-name", "bad_id"),
    a_rule("{unique: [stars], id: unique}", "name-clash"),
    a_rule("{unique: [product, author], message: again}", "dead-rule"),
]

RELATIONS = [
    Broken("product: {to: Product}\n      author", "product: {to: Produkt}\n      author",
           "unknown-entity", "Product", at="{to: Produkt}"),
    Broken("owner: guest", "owner: gast", "unknown-relation", "guest"),
    Broken("owner: guest", "owner: room", "owner", "guest"),
    Broken("part_of: order", "part_of: ordr", "unknown-relation", "order"),
    Broken("order: {to: Order}", "order: {to: Order, optional: true}", "part-of",
           at="part_of: order"),
    Broken("order: {to: Order}", "order: {to: Order, on_delete: restrict}", "contradiction"),
    Broken("reviews: {many: Review}", "reviews: {many: Room}", "unknown-relation"),
    Broken("lines: {many: OrderLine}", "lines: {many: OrderLine, by: product}",
           "unknown-relation"),
    Broken("tags: {links: Tag}", "tags: {links: User}", "links-to-user"),
    Broken("optional: true, on_delete: set null", "on_delete: set null", "contradiction"),
    Broken("{to: Product, optional: true, on_delete: set null}", "{to: Product}", "cycle"),
    Broken("room: {to: Room}", "room: {to: Room, where: seats > seets}", "expression", "seats"),
    Broken("room: {to: Room}", "room: {to: Room, same: guest}", "unknown-relation"),
    Broken("      through: Membership", "      through: Member", "unknown-entity", "Membership"),
    Broken("      through: Membership", "      through: Room", "members"),
    Broken("      user: user\n", "      user: usr\n", "unknown-relation", "user"),
    Broken("      role: role\n", "      role: roll\n", "unknown-field", "role"),
    Broken("      - {unique: [club, user]}", "      - {unique: [role, user]}", "members",
           at="through: Membership"),
    Broken("    place: club\n    owner: user\n", "    place: club\n", "members", at="join: open"),
    Broken("    place: club\n", "    place: user\n", "no-place"),
    Broken("    place: club\n", "    place: clubs\n", "unknown-relation", "club"),
]  # fmt: skip

ACCESS = [
    Broken("create: customer,", "create: custmer,", "unknown-actor", "customer"),
    Broken("create: customer,", "create: [authenticated, customer],", "dead-clause"),
    Broken("create: customer,", "create: [customer, customer],", "dead-clause"),
    Broken("create: customer,", "create: [customer, nobody],", "contradiction"),
    Broken("create: customer,", "create: public,", "contradiction"),
    Broken("create: customer,", "create: customer if stars > 'x',", "expression"),
    Broken("create: customer,", 'create: "member:editor",', "no-place"),
    Broken("{list: member, read: member,", '{list: "member:edtor", read: member,', "unknown-role",
           "member:editor"),
    Broken("list: owner, read: owner,", "list: owner,", "contradiction", says="read"),
    Broken("list: owner, read: owner,", "list: room, read: owner,", "unknown-actor"),
    Broken("  Tag:\n", "  Tag:\n    append_only: true\n", "contradiction",
           at=f"{_CLERKS}\n  Review"),
    Broken("          by: owner\n", "", "nobody", at="        place:"),
    Broken("from: [cart, placed]", "from: [cart, plced]", "unreachable-state", "placed"),
    Broken("from: [cart, placed]", "from: [any, placed]", "contradiction"),
    Broken("initial: cart", "initial: card", "unreachable-state", "cart"),
    Broken("  Review:\n    owner: author\n", "  Review:\n    owner: author\n    upsert: [text]\n",
           "contradiction", at="upsert: [text]"),
    Broken("product: {to: Product}\n      author",
           "product: {to: Product, editable_by: clerk}\n      author", "missing-value",
           at="editable_by: clerk"),
    Broken("{list: member, read: member, create: authenticated", "{list: member, read: member",
           "contradiction", at="through: Membership", says="Nobody can become a member"),
    Broken("buyer.email", "buyr.email", "expression", "buyer"),
    Broken("email: cancelled,", "email: canceled,", "unknown-email", "cancelled"),
    Broken("text: It was due at {due_at}.", "text: It was due at {due}.", "expression",
           "due_at"),
    Broken("text: It was due at {due_at}.", "text: It was {due_at", "bad-placeholder"),
    Broken("require: count(lines) > 0", "require: count(line) > 0", "expression", "lines"),
]  # fmt: skip

EFFECTS = [
    Broken("decrease: line.product.stock", "decrease: line.product.stok", "unknown-field",
           "stock"),
    Broken("decrease: line.product.stock", "decrease: line.product.title", "type-mismatch"),
    Broken("decrease: line.product.stock", "decrease: line.product.rating", "read-only"),
    Broken("decrease: line.product.stock", "decrease: lin.product.stock", "expression", "line"),
    Broken("each: lines as line", "each: liness as line", "unknown-relation", "lines"),
    Broken("each: lines as line", "each: buyer as line", "bad-path"),
    Broken("each: lines as line", "each: lines", "bad-path"),
    Broken("each: lines as line", "each: lines as status", "name-clash"),
    Broken("by: line.quantity", "by: line.quantty", "expression", "quantity"),
    Broken("else: not enough {line.product.title}", "else: not enough {line.title}",
           "expression"),
    Broken("- increase: product.stock", "- increase: stock", "bad-path"),
    Broken("      - increase: product.stock\n        by: input.amount",
           "      - create: Tag\n        with: {}", "missing-value", at="- create: Tag"),
    Broken("      - increase: product.stock\n        by: input.amount",
           "      - create: Tag\n        with: {name: 5}", "expression", at="with: {name: 5}"),
    Broken("      - increase: product.stock\n        by: input.amount",
           "      - create: Tag\n        with: {nam: \"'x'\"}", "unknown-field", "name",
           at="with: {nam"),
    Broken("      - increase: product.stock\n        by: input.amount",
           "      - set: product.rank\n        to: \"'x'\"", "expression", at="to: \"'x'\""),
    Broken("    effects:\n      - increase: product.stock\n        by: input.amount\n", "",
           "missing-key", at="  restock:"),
    Broken("returns: product", "returns: produkt", "bad-return", "product"),
    Broken("{ref: Product}", "{ref: Product, access: owner}", "no-owner"),
    Broken("{ref: Product}", "{ref: Prodct}", "unknown-entity", "Product"),
    Broken("{type: integer, min: 1}\n    require", "{type: integer, unique: true}\n    require",
           "option-does-not-fit", at="unique: true}\n    require"),
    Broken("require: input.amount < 500", "require: input.amont < 500", "expression", "amount"),
    Broken("    by: clerk\n    input", "    by: owner\n    input", "unknown-actor",
           at="    by: owner\n    input"),
    Broken("sum: total", "sum: buyer", "type-mismatch"),
    Broken("sum: total", "{sum: total", "syntax", at="    per: [day"),
    Broken("    sum: total\n", "", "bad-report", at="  turnover:"),
    Broken("period: due_at", "period: due", "bad-report", "due_at"),
    Broken("per: [day(due_at), buyer]", "per: [due_at - hours(2)]", "bad-report"),
    Broken("sort: [-price]", "sort: [-prise]", "unknown-field", "price"),
    Broken("of: Product\n    where", "of: Prodcut\n    where", "unknown-entity", "Product",
           at="of: Prodcut"),
    Broken("every: day at 03:00", "every: day at 25:00", "bad-schedule"),
    Broken("every: day at 03:00", "cron: 0 25 * * *", "bad-schedule"),
    Broken("- delete: row", "- delete: buyer", "user-entity"),
]  # fmt: skip

ALL = [*SHAPE, *NAMES, *FIELDS, *RULES, *RELATIONS, *ACCESS, *EFFECTS]
