"""Random expressions over the world that are right by construction, as text.

A `Writer` knows which names are in sight, of which type they are, and which optional ones are
guarded where it writes. (It takes its choices from one random number generator: drawing each of
them from hypothesis gave the same expressions over and over.)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from expression_agreement.world import INPUT, ITEM, USER, Shape
from local_engine.generator.blueprint.expressions import Attribute
from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    EnumType,
    IntegerType,
    ListType,
    ManyType,
    MoneyType,
    RowType,
    TextType,
    TimeType,
    Type,
    UuidType,
)

T = TypeVar("T")

TIME_ZONES = (
    "Europe/Berlin",
    "UTC",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
)
_KINDS: dict[str, type] = {
    "boolean": BooleanType,
    "integer": IntegerType,
    "decimal": DecimalType,
    "money": MoneyType,
    "text": TextType,
    "date": DateType,
    "datetime": DateTimeType,
    "duration": DurationType,
    "time": TimeType,
    "uuid": UuidType,
}
_INTEGERS = ["0", "1", "2", "3", "7", "10", "2147483647", "3000000000", "9223372036854775807"]
_DECIMALS = ["0.5", "0.0", "1.25", "3.0", "0.001", "100.0", "0.12345678901234567890"]
_TEXTS = ["'a'", "'A'", "''", "'ä'", '"it\'s"', "'100%'", "'%s'", "'ß'", "'\\\\'", "'😀'"]
_DATES = ["'2026-03-29'", "'0001-01-01'", "'9999-12-31'", "'2024-02-29'"]
_MOMENTS = ["'2026-03-29T01:00:00Z'", "'2026-10-25T02:30:00+01:00'", "'9999-12-31T23:00:00Z'"]
_TAGS = ["'a'", "'A'", "'100%'", "'ä'", "title"]


@dataclass(frozen=True)
class Reference:
    """A path that can be written, and its type."""

    text: str
    type: Type
    nullable: bool


@dataclass(frozen=True)
class Sight:
    """What can be named at one place.

    `prefixes` are shapes and how their attributes are written there; `known` are optional paths
    that are guarded; `argument` tells that this is the argument of an aggregate.
    """

    prefixes: tuple[tuple[str, Shape], ...] = (("", ITEM), ("input.", INPUT))
    known: frozenset[str] = frozenset()
    argument: bool = False
    anonymous: bool = False

    def references(self) -> Iterator[Reference]:
        """All paths, up to two steps beyond the prefixes."""
        hidden: set[str] = set()
        for prefix, shape in reversed(self.prefixes):
            for attribute in shape.known.values():
                path = prefix + attribute.name
                if prefix or attribute.name not in hidden:
                    yield from self._reached(path, attribute, 2)
            if not prefix:
                hidden |= set(shape.known)
        if self.anonymous:
            return
        yield Reference("user", RowType(USER), "user" not in self.known)
        if "user" in self.known:
            for attribute in USER.known.values():
                yield from self._reached(f"user.{attribute.name}", attribute, 1)

    def _reached(self, path: str, attribute: Attribute, steps: int) -> Iterator[Reference]:
        nullable = attribute.nullable and path not in self.known
        yield Reference(path, attribute.type, nullable)
        if isinstance(attribute.type, RowType) and steps and not nullable:
            shape = attribute.type.entity
            for name in shape.attributes():
                further = shape.attribute(name)
                assert further is not None
                yield from self._reached(f"{path}.{name}", further, steps - 1)


@dataclass
class Writer:
    """Writes expressions of a wanted kind; `budget` bounds how many operations are nested."""

    chance: random.Random
    sight: Sight = field(default_factory=Sight)
    budget: int = 5

    def pick(self, options: Sequence[T]) -> T:
        """One of some options."""
        return self.chance.choice(options)

    def write(self, kind: str) -> str:
        """An expression of the kind, in parentheses if it is more than a word."""
        if self.budget <= 0:
            return self._simple(kind)
        deeper = replace(self, budget=self.budget - 1)
        options: list[Callable[[str], str]] = [self._simple, self._simple]
        special: dict[str, list[Callable[[str], str]]] = {
            "boolean": [deeper._condition] * 8,
            "integer": [deeper._integer] * 5,
            "decimal": [deeper._decimal] * 5,
            "money": [deeper._money] * 5,
            "text": [deeper._text] * 2,
            "date": [deeper._date] * 4,
            "datetime": [deeper._datetime] * 4,
            "duration": [deeper._duration] * 4,
        }
        options += special.get(kind, [])
        options += [deeper._conditional, deeper._guarded, deeper._coalesced]
        if kind not in ("boolean", "uuid"):
            options.append(deeper._extremum)
        return self.pick(options)(kind)

    def _under(self, *known: str) -> Writer:
        return replace(self, sight=replace(self.sight, known=self.sight.known | set(known)))

    def _named(self, kind: str, *, nullable: bool = False) -> list[str]:
        return [
            reference.text
            for reference in self.sight.references()
            if type(reference.type) is _KINDS[kind] and reference.nullable is nullable
        ]

    def _simple(self, kind: str) -> str:
        literals = {
            "boolean": [],
            "integer": _INTEGERS,
            "decimal": _DECIMALS,
            "money": [],
            "text": _TEXTS,
            "date": ["today()"],
            "datetime": ["now()"],
            "duration": ["hours(2)", "days(1)", "minutes(90)", "days(100000)", "hours(-5)"],
            "time": [],
            "uuid": [],
        }[kind]
        names = self._named(kind)
        return self.pick(names + literals if self.chance.randint(0, 2) else literals or names)

    # What every kind has

    def _conditional(self, kind: str) -> str:
        other = self.write(self._like(kind))
        return f"({self.write(kind)} if {self.write('boolean')} else {other})"

    def _like(self, kind: str) -> str:
        """A kind whose values can stand beside the kind's."""
        return self.pick([kind, "integer"]) if kind in ("decimal", "money") else kind

    def _guarded(self, kind: str) -> str:
        optional = self._optional()
        if not optional:
            return self.write(kind)
        inside = self._under(optional).write(kind)
        if self.chance.randint(0, 1):
            return f"({inside} if {optional} is not None else {self.write(kind)})"
        return f"({self.write(kind)} if {optional} is None else {inside})"

    def _optional(self) -> str | None:
        names = [r.text for r in self.sight.references() if r.nullable]
        return self.pick(names) if names else None

    def _coalesced(self, kind: str) -> str:
        options = self._named(kind, nullable=True)
        if kind == "decimal":
            options = self._named("integer", nullable=True)
        if not options:
            return self.write(kind)
        if not self.sight.argument and kind in ("money", "decimal") and self.chance.randint(0, 1):
            return f"coalesce({self._reduced(kind)}, {self.write(kind)})"
        return f"coalesce({self.pick(options)}, {self.write(self._like(kind))})"

    def _extremum(self, kind: str) -> str:
        function = self.pick(["min", "max"])
        return f"{function}({self.write(kind)}, {self.write(self._like(kind))})"

    # Conditions

    def _condition(self, kind: str) -> str:
        del kind
        options: list[Callable[[], str]] = [
            self._compared,
            self._compared,
            self._equal,
            self._chained,
            self._joined,
            self._joined,
            self._guarded_condition,
            self._among,
            self._tested,
            lambda: f"(not {self.write('boolean')})",
        ]
        if not self.sight.argument:
            options += [self._quantified, self._quantified]
        return self.pick(options)()

    def _compared(self) -> str:
        kind = self.pick(["integer", "money", "decimal", "text", "date", "datetime", "duration"])
        sign = self.pick(["<", "<=", ">", ">=", "==", "!="])
        left = self.write(kind)
        if kind == "integer":
            kind = self.pick(["integer", "decimal", "money"])
        literals = {"date": _DATES, "datetime": _MOMENTS}.get(kind)
        if literals and not left.startswith("'") and self.chance.randint(0, 3) == 0:
            return f"({left} {sign} {self.pick(literals)})"
        return f"({left} {sign} {self.write(kind)})"

    def _equal(self) -> str:
        sign = self.pick(["==", "!="])
        kind = self.pick(["text", "boolean", "enum", "row", "uuid", "time"])
        if kind == "enum":
            name, type_ = self.pick(self._enums())
            value = self.pick([f"'{value}'" for value in type_.values])
            return f"({name} {sign} {value})"
        if kind == "row":
            entity = self.pick(["Item", "User"])
            rows = self._rows(entity) or self._rows("User")
            return f"({self.pick(rows)} {sign} {self.pick(rows)})"
        return f"({self.write(kind)} {sign} {self.write(kind)})"

    def _enums(self) -> list[tuple[str, EnumType]]:
        return [
            (reference.text, reference.type)
            for reference in self.sight.references()
            if isinstance(reference.type, EnumType) and not reference.nullable
        ]

    def _rows(self, entity: str) -> list[str]:
        return [
            reference.text
            for reference in self.sight.references()
            if isinstance(reference.type, RowType)
            and reference.type.name == entity
            and not reference.nullable
        ]

    def _chained(self) -> str:
        kind = self.pick(["integer", "decimal", "date", "datetime"])
        first, second = self.pick(["<", "<=", "=="]), self.pick(["<", "<=", "!="])
        return f"({self.write(kind)} {first} {self.write(kind)} {second} {self.write(kind)})"

    def _joined(self) -> str:
        word = self.pick(["and", "or"])
        number = self.chance.randint(2, 3)
        return "(" + f" {word} ".join(self.write("boolean") for _ in range(number)) + ")"

    def _guarded_condition(self) -> str:
        optional = self._optional()
        if optional is None:
            return self.write("boolean")
        inside = self._under(optional).write("boolean")
        if self.chance.randint(0, 1):
            return f"({optional} is not None and {inside})"
        return f"({optional} is None or {inside})"

    def _among(self) -> str:
        word = self.pick(["in", "not in"])
        match self.pick(["integer", "text", "enum", "list", "roles", "decimal"]):
            case "enum":
                name, type_ = self.pick(self._enums())
                return f"({name} {word} ['{type_.values[0]}', '{type_.values[-1]}'])"
            case "list":
                return f"({self.pick(_TAGS)} {word} {self.pick(self._lists())})"
            case "roles":
                if self.sight.anonymous or "user" in self.sight.known:
                    user = "owner" if self.sight.anonymous else "user"
                    return f"('baker' {word} {user}.roles)"
                return f'(user is not None and "it\'s" {word} user.roles)'
            case "text":
                return f"({self.write('text')} {word} ['a', 'ä', '100%'])"
            case kind:
                return f"({self.write(kind)} {word} [0, -1, 2.5, 7])"

    def _lists(self) -> list[str]:
        return [r.text for r in self.sight.references() if isinstance(r.type, ListType)]

    def _tested(self) -> str:
        optional = self._optional()
        if optional is None:
            return self.write("boolean")
        return f"({optional} {self.pick(['is', 'is not'])} None)"

    # Aggregates

    def _many(self) -> list[tuple[str, Shape]]:
        return [
            (reference.text, _shape(reference.type))
            for reference in self.sight.references()
            if isinstance(reference.type, ManyType)
        ]

    def _over(self) -> tuple[str, Shape, Writer]:
        """A to-many path, what its rows are, and a writer for the argument over it."""
        path, shape = self.pick(self._many())
        if shape.name == "Line" and self.chance.randint(0, 3) == 0:
            inner = shape.attribute("parts")
            assert inner is not None
            path, shape = f"{path}.parts", _shape(inner.type)
        prefixes = (*self.sight.prefixes, (f"{path}.", shape))
        sight = replace(self.sight, prefixes=prefixes, argument=True)
        return path, shape, replace(self, sight=sight, budget=min(self.budget, 2))

    def _where(self, shape: Shape) -> str:
        if self.chance.randint(0, 1):
            return ""
        inner = replace(self.sight, prefixes=(*self.sight.prefixes, ("", shape)))
        inner = replace(inner, known=frozenset(k for k in inner.known if k not in shape.known))
        writer = replace(self, sight=inner, budget=min(self.budget, 2))
        return f", where={writer.write('boolean')}"

    def _quantified(self) -> str:
        path, shape, writer = self._over()
        where = self._where(shape)
        if where and self.chance.randint(0, 3) == 0:
            return f"any({path}{where})"
        condition = writer._about(path, "boolean")
        return f"{self.pick(['any', 'all'])}({condition}{where})"

    def _about(self, path: str, kind: str) -> str:
        """An argument that certainly has the rows in it."""
        if kind == "boolean" and self.chance.randint(0, 1):
            return self._measured(path)
        text = self.write(kind)
        if f"{path}." in text:
            return text
        if own := self._of(path, kind):
            return self.pick(own)
        return f"({text} and {self._measured(path)})"

    def _of(self, path: str, kind: str) -> list[str]:
        return [name for name in self._named(kind) if name.startswith(f"{path}.")]

    def _measured(self, path: str) -> str:
        """A condition over a number of the rows."""
        sign = self.pick(["<", ">=", "==", "!="])
        money = self._of(path, "money")
        if money and self.chance.randint(0, 1):
            return f"({self.pick(money)} {sign} {self.write('money')})"
        number = self.pick(self._of(path, "integer"))
        operator = self.pick(["+", "*", "//", "%"])
        return f"({number} {operator} {self.write('integer')} {sign} {self.write('integer')})"

    def _counted(self) -> str:
        path, shape, _ = self._over()
        return f"count({path}{self._where(shape)})"

    def _summed(self, kind: str) -> str | None:
        """A sum; None where no row has such numbers."""
        path, shape, writer = self._over()
        names = [
            reference.text
            for reference in writer.sight.references()
            if type(reference.type) is _KINDS[kind] and reference.text.startswith(f"{path}.")
        ]
        if not names:
            return None
        if kind == "duration" or self.chance.randint(0, 1):
            return f"sum({self.pick(names)}{self._where(shape)})"
        body = writer._about(path, kind) if writer._of(path, kind) else self.pick(names)
        return f"sum({body}{self._where(shape)})"

    def _reduced(self, kind: str) -> str:
        """avg, min or max, which may be missing."""
        function = self.pick(["avg", "min", "max"])
        path = self.pick([name for name, shape in self._many() if shape.name == "Line"])
        column = self.pick(["amount", "discount"] if kind == "money" else ["quantity"])
        line = next(shape for name, shape in self._many() if name == path)
        return f"{function}({path}.{column}{self._where(line)})"

    # Numbers

    def _integer(self, kind: str) -> str:
        options: list[Callable[[], str]] = [
            self._added_integers,
            self._added_integers,
            self._divided_integers,
            lambda: f"(-{self.write('integer')})",
            lambda: f"abs({self.write('integer')})",
            lambda: f"len({self.write('text')})",
            lambda: f"year({self.write(self.pick(['date', 'datetime']))})",
            lambda: f"round({self.write(self.pick(['decimal', 'money']))})",
            lambda: f"({self.write('duration')} // {self.write('duration')})",
            lambda: f"(({self.write('date')} - {self.write('date')}) // days(1))",
        ]
        if not self.sight.argument:
            options += [self._counted, lambda: self._summed("integer") or self._counted()]
        del kind
        return self.pick(options)()

    def _added_integers(self) -> str:
        return f"({self.write('integer')} {self.pick(['+', '-', '*'])} {self.write('integer')})"

    def _divided_integers(self) -> str:
        kind = self.pick(["integer", "decimal"])
        if self.chance.randint(0, 2) == 0:
            kind = "money"
            return f"({self.write('money')} // {self.write(kind)})"
        if self.chance.randint(0, 1):
            return f"({self.write('integer')} % {self.write('integer')})"
        return f"({self.write('integer')} // {self.write(kind)})"

    def _decimal(self, kind: str) -> str:
        options: list[Callable[[], str]] = [
            lambda: f"({self.write('decimal')} {self._sign()} {self.write('decimal')})",
            lambda: f"({self.write('integer')} {self._sign()} {self.write('decimal')})",
            lambda: f"({self.write('integer')} / {self.write('integer')})",
            lambda: f"({self.write('money')} / {self.write('money')})",
            lambda: f"({self.write('decimal')} {self.pick(['/', '%'])} {self.write('decimal')})",
            lambda: f"({self.write('duration')} / {self.write('duration')})",
            lambda: f"(-{self.write('decimal')})",
            lambda: f"abs({self.write('decimal')})",
            lambda: f"round({self.write('decimal')}, {self.pick(['2', '0', '4', '1'])})",
        ]
        del kind
        return self.pick(options)()

    def _sign(self) -> str:
        return self.pick(["+", "-", "*"])

    def _money(self, kind: str) -> str:
        options: list[Callable[[], str]] = [
            lambda: f"({self.write('money')} {self.pick(['+', '-'])} {self.write('money')})",
            lambda: f"({self.write('money')} * {self.write(self.pick(['integer', 'decimal']))})",
            lambda: f"({self.write('integer')} * {self.write('money')})",
            lambda: f"({self.write('money')} / {self.write(self.pick(['integer', 'decimal']))})",
            lambda: f"({self.write('money')} % {self.write(self.pick(['integer', 'money']))})",
            lambda: f"round({self.write('money')}, {self.pick(['2', '0', '1'])})",
            lambda: f"(-{self.write('money')})",
            lambda: f"abs({self.write('money')})",
        ]
        if not self.sight.argument:
            options.append(lambda: self._summed("money") or self.write("money"))
        del kind
        return self.pick(options)()

    # Texts and times

    def _text(self, kind: str) -> str:
        return f"lower({self.write(kind)})"

    def _date(self, kind: str) -> str:
        options = [
            lambda: f"day({self.write('datetime')})",
            lambda: f"month({self.write(self.pick(['date', 'datetime']))})",
            lambda: f"({self.write('date')} {self.pick(['+', '-'])} {self._days()})",
            lambda: f"({self._days()} + {self.write('date')})",
        ]
        del kind
        return self.pick(options)()

    def _days(self) -> str:
        if self.chance.randint(0, 3) == 0:
            return f"({self.write('date')} - {self.write('date')})"
        return f"days({self.pick(['1', '-3', '100000', self.write('integer')])})"

    def _datetime(self, kind: str) -> str:
        if self.chance.randint(0, 3) == 0:
            return f"({self.write('duration')} + {self.write(kind)})"
        return f"({self.write(kind)} {self.pick(['+', '-'])} {self.write('duration')})"

    def _duration(self, kind: str) -> str:
        options = [
            lambda: f"({self.write('datetime')} - {self.write('datetime')})",
            lambda: f"({self.write(kind)} {self.pick(['+', '-'])} {self.write(kind)})",
            lambda: f"(-{self.write(kind)})",
            lambda: f"{self.pick(['hours', 'minutes', 'days'])}({self.write('integer')})",
            lambda: f"({self.write('date')} - {self.write('date')})",
        ]
        if not self.sight.argument:
            options.append(lambda: self._summed("duration") or self.write("duration"))
        return self.pick(options)()


def _shape(type_: Type) -> Shape:
    assert isinstance(type_, ManyType)
    assert isinstance(type_.entity, Shape)
    return type_.entity


def random_expression(chance: random.Random, *, own: bool = False) -> str:
    """The text of an expression of any kind; `own` leaves out `input` and `user`."""
    sight = Sight((("", ITEM),), anonymous=True) if own else Sight()
    writer = Writer(chance, sight, budget=chance.choice([1, 2, 3, 3, 4, 5]))
    kind = writer.pick(["boolean", "boolean", "boolean", *list(_KINDS)[:8]])
    match writer.pick(["value"] * 6 + ["optional", "reduced", "none"]):
        case "optional" if names := writer._named(kind, nullable=True):
            return writer.pick(names)
        case "reduced" if kind in ("money", "integer"):
            return writer._reduced(kind)
        case "none":
            return f"({writer.write(kind)} if {writer.write('boolean')} else None)"
        case _:
            return writer.write(kind)
