"""Checking expressions: names, types, guards, and what people are told."""

from __future__ import annotations

import pytest
from expression_agreement.world import ITEM, STATUS, WorldScope

from local_engine.generator.blueprint.expressions import ExpressionErrors, check
from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    EnumType,
    IntegerType,
    MoneyType,
    RowType,
    TextType,
    Type,
    UuidType,
)


def refusal(text: str, **options: object) -> str:
    """The messages of all problems."""
    with pytest.raises(ExpressionErrors) as caught:
        check(text, WorldScope(), **options)  # type: ignore[arg-type]
    return "\n".join(problem.message for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("stock", IntegerType(0, 50)),
        ("stock + 1", IntegerType(1, 51)),
        ("stock * stock - 1", IntegerType(-1, 2499)),
        ("-stock", IntegerType(-50, 0)),
        ("abs(small)", IntegerType(0, 6)),
        ("stock // 7", IntegerType(0, 7)),
        ("stock % 7", IntegerType(0, 6)),
        ("big + 1", IntegerType(-(2**63) + 1, 2**63 - 1)),
        ("stock / 2", DecimalType(20, 3)),
        ("price", MoneyType(2, 15)),
        ("price * stock", MoneyType(2, 17)),
        ("price * ratio", MoneyType(6, 34)),
        ("price + 1", MoneyType(2, 16)),
        ("price / price", DecimalType(20, 18)),
        ("price // 10", IntegerType(-(10**15), 10**15)),
        ("round(price * 0.19, 2)", MoneyType(2, 17)),
        ("round(stock)", IntegerType(0, 50)),
        ("ratio if done else stock", DecimalType(4, 19)),
        ("price if done else ratio", MoneyType(4, 19)),
        ("status", STATUS),
        ("lower(title)", TextType()),
        ("status if done else title", TextType()),
        ("at - at", DurationType(3_652_059)),
        ("born_on + days(3)", DateType(-2, 3_652_062)),
        ("day(at)", DateType(0, 3_652_060)),
        ("at < now()", BooleanType()),
        ("count(lines)", IntegerType(0, 10**9)),
        ("sum(lines.amount)", MoneyType(2, 24)),
        ("sum(lines.quantity)", IntegerType(0, 9 * 10**9)),
        ("any(lines.quantity > 3)", BooleanType()),
        ("code", UuidType()),
        ("parent", RowType(ITEM)),
        ("coalesce(parent, input.item)", RowType(ITEM)),
        ("(at - at) / hours(1)", DecimalType(20, 18)),
    ],
)
def test_types(text: str, type_: Type) -> None:
    assert check(text, WorldScope()).type == type_


@pytest.mark.parametrize(
    ("text", "nullable"),
    [
        ("note", True),
        ("coalesce(note, 'x')", False),
        ("coalesce(note, input.s)", True),
        ("title if done else None", True),
        ("note if note is not None else 'x'", False),
        ("avg(lines.quantity)", True),
        ("min(lines.amount)", True),
        ("sum(lines.discount)", False),
        ("max(stock, small)", False),
    ],
)
def test_nullability(text: str, nullable: bool) -> None:
    assert check(text, WorldScope()).nullable is nullable


@pytest.mark.parametrize(
    "text",
    [
        "note is not None and len(note) > 3",
        "note is None or len(note) > 3",
        "not (note is None) and len(note) > 3",
        "not (note is None or done) and len(note) > 3",
        "(len(note) if note is not None else 0) > 3",
        "(0 if note is None else len(note)) > 3",
        "(note is not None and rank is not None) and rank > len(note)",
        "note is None or rank is None or rank > len(note)",
        "parent is not None and parent.note is not None and parent.note == title",
        "user is not None and user == owner",
        "any(lines.discount > 0, where=discount is not None)",
        "all(lines.product is not None and lines.product.done)",
        "count(lines, where=product is not None and product.price > price) > 0",
        "avg(lines.quantity) is not None and avg(lines.quantity) > 3",
        "((note is not None and done) or (note is not None and checked is None)) and note == 'x'",
        "(note is None or done) or note == 'x'",
    ],
)
def test_guards(text: str) -> None:
    assert check(text, WorldScope(), expect=BooleanType()).text


@pytest.mark.parametrize(
    "text",
    [
        "note == 'x'",
        "note is None and len(note) > 3",
        "note is not None or len(note) > 3",
        "len(note) > 3 and note is not None",
        "(note is not None or done) and note == 'x'",
        "(len(note) if note is None else 0) > 3",
        "not (note is not None) and note == 'x'",
        "parent.price > 3",
        "parent is not None and parent.note == 'x'",
        "user == owner",
        "any(lines.discount > 0)",
        "count(lines, where=discount > 0) > 0",
        "note is not None and any(lines.note == note)",
        "avg(lines.quantity) is not None and avg(lines.amount) > 3",
        "avg(lines.quantity) is not None and avg(lines.quantity, where=quantity > 1) > 3",
    ],
)
def test_what_may_be_missing_must_be_guarded(text: str) -> None:
    assert "may be missing" in refusal(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prise > 3", "There is no `prise` here. Did you mean `price`?"),
        ("owner.emial == 'x'", "There is no `emial` in `owner`, a User. Did you mean `email`?"),
        ("xyzzy", "Known here: at, big, bonus"),
        (
            "status == 'opne'",
            "'opne' is not one of 'open', 'paid', 'on-hold'. Did you mean `open`?",
        ),
        ("status in ['open', 'x1']", "'x1' is not one of"),
        ("price == 'x'", "`price` is money and cannot be compared with `'x'`, text."),
        ("price + title", "`price` is money and cannot be added to `title`, text."),
        ("price - title", "`title` is text and cannot be subtracted from `price`, money."),
        ("price * price", "`price` is money and cannot be multiplied by `price`, money."),
        ("stock / price", "cannot be divided by"),
        ("born_on == at", "Write `day(at)`."),
        ("born_on + 3", "Write `days(3)`."),
        ("born_on + hours(3)", "A date moves by whole days: use `days(...)`."),
        ("born_on > '2026-02-30'", "'2026-02-30' is not a date. Write it as '2026-02-28'."),
        ("at > '2026-02-28'", "is not a date with time. Write it as '2026-02-28T13:30:00+01:00'."),
        ("opens > '25:00'", "is not a time of day"),
        ("code == 'x'", "is not an id"),
        ("status < 'paid'", "which has no order: `<` cannot compare it"),
        ("status < status", "has no order"),
        ("status == colour", "may be missing"),
        ("done < done", "has no order"),
        (
            "owner == input.item",
            "`owner` is a User and cannot be compared with `input.item`, an Item",
        ),
        ("owner < owner", "has no order"),
        ("data == data", "may be missing"),
        ("note == None", "write `note is None`"),
        ("note != None", "write `note is not None`"),
        ("title is None", "always has a value"),
        ("title is 'x'", "`is` only goes with None; write `==`"),
        ("1 < stock in [1]", "cannot stand in a chain"),
        ("stock in []", "This list is empty"),
        ("stock in 5", "`in` needs a list"),
        ("stock in [small]", "`small` is not a plain value"),
        ("stock in ['a']", "cannot be compared"),
        ("stock in tags", "`stock` is a whole number, but `tags` has text in it"),
        ("stock and done", "`stock` is a whole number, but a yes/no condition is needed here."),
        ("not title", "a yes/no condition is needed"),
        ("1 if stock else 2", "a yes/no condition is needed"),
        ("title if done else stock", "it must be one kind of value"),
        ("None if done else None", "never has a value"),
        ("-title", "`title` is text and has no minus sign."),
        ("-'x'", "has no minus sign"),
        ("-true", "has no minus sign"),
        ("True and done", "`True` is always the same; leave it out."),
        ("1 == 2 or done", "compares constants"),
        ("stock / 0", "divides by zero"),
        ("stock % (2 - 2)", "divides by zero"),
        ("price / (0.5 - 0.5)", "divides by zero"),
        ("9223372036854775807 + 1", "never has a value: the number is too large"),
        ("days(100001)", "never has a value: more than 100000 days"),
        ("round(99999999999999999.5 * 1000)", "never has a value"),
        ("price" + " * ratio" * 20, "could get more than 250 digits"),
        ("(" + " + ".join(["(at - at)"] * 30) + ")", "could get too long"),
        ("lines", "`lines` are many rows."),
        ("lines.amount > 3", "`lines` are many rows."),
        ("len(lines)", "`lines` are many rows."),
        ("price.amount", "`price` is money and has no parts: drop `.amount`."),
        ("input", ""),
        ("input == input", "`input` is not one value; name a part of it."),
        ("now > at", "`now` is a function: write `now()`."),
        ("sum > 3", "`sum` is a function: write `sum(lines.amount)`."),
        ("summ(lines.amount)", "There is no function `summ`. Did you mean `sum`?"),
        ("title.lower()", "Only the functions of the language can be called."),
        ("lower(title, 'x')", "`lower` is used like this: `lower(title)`."),
        ("lower(text=title)", "one after the other"),
        ("max(*tags)", "`*` before a name is not possible"),
        ("max(stock, *tags)", "one after the other"),
        (
            "len(stock)",
            "`len` needs text (to count rows, write count(...)), but `stock` is a whole",
        ),
        ("lower(status)", "`lower` needs text"),
        ("day(title)", "`day` needs a date with time"),
        ("days(price)", "`days` needs a whole number"),
        ("abs(title)", "`abs` needs a number"),
        ("round(price, stock)", "must be a number from 0 to 20"),
        ("round(price, 21)", "must be a number from 0 to 20"),
        ("round(price, True)", "must be a number from 0 to 20"),
        ("min(done, done)", "a yes/no value has no order"),
        ("max(stock, title)", "it must be one kind of value"),
        ("coalesce(title, 'x')", "`title` always has a value"),
        ("coalesce(None, None)", "never has a value"),
        ("coalesce(note, 3)", "it must be one kind of value"),
        ("count(title)", "`count` works over the rows of a to-many relation"),
        ("count(lines.amount)", "`count` counts rows"),
        ("count(lines, 3)", "takes one argument, such as `count(lines)`"),
        ("count(lines, if_=done)", "`count` knows `where=`, not `if_=`."),
        ("count(lines, **tags)", "not `**`"),
        ("sum(lines)", "`sum` is not possible for `lines`, a Line."),
        ("sum(lines.note)", "`sum` is not possible"),
        ("sum(lines.shipped_on)", "not possible for `lines.shipped_on`, a date."),
        ("avg(lines.took)", "`avg` is not possible"),
        ("max(lines.product)", "`max` is not possible"),
        ("any(lines)", ""),
        ("all(lines)", "`all` needs a condition over `lines`"),
        ("any(lines.quantity)", "`any` needs a condition"),
        ("any(lines.quantity > count(labels))", "stands inside the argument of another"),
        ("sum(lines.quantity * labels.weight)", "One call can look at one list of rows"),
        ("count(lines, where=lines.quantity > 3)", "without a prefix"),
        ("count(lines, where=3)", "a yes/no condition is needed"),
        ("lambda: 1", "A function cannot be written"),
        ("title[0]", "Square brackets"),
        ("f'{title}'", "put together"),
        ("(x := 1)", "Nothing can be assigned"),
        ("stock ** 2", "Powers"),
        ("~stock", "`~` is not possible"),
        ("+stock", "plus sign"),
        ("stock & small", "write `and`"),
        ("[stock]", "only stand after `in`"),
        ("{'a': 1}", "put the expression in quotes"),
        ("[x for x in tags]", "not part of the expression language"),
        ("await stock", "not part of the expression language"),
        ("...", "not part of the expression language"),
        ("b'x'", "not part of the expression language"),
        ("().__class__", "A dot can only follow a name."),
        ("title.__class__", "`title` is text and has no parts"),
        ("owner.__class__", "There is no `__class__` in `owner`"),
        ("__import__('os')", "There is no function `__import__`"),
        ("eval('1')", "There is no function `eval`"),
    ],
)
def test_messages(text: str, message: str) -> None:
    if message:
        assert message in refusal(text)
    else:
        assert check(text, WorldScope()).text


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ExpressionErrors) as caught:
        check("prise > 3 and stauts == 'x' and note == 'x' and stock", WorldScope())
    problems = caught.value.problems
    assert [problem.column for problem in problems] == [1, 15, 33, 49]
    assert [problem.suggestion for problem in problems[:2]] == ["price", "status"]
    assert "prise" in str(caught.value)


def test_a_problem_is_told_once() -> None:
    assert refusal("len(prise) + 3 > 2 and -prise < 1").count("prise") == 2
    assert len(refusal("sum(lines.amout * lines.quantity, where=quantity > 1)").splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "expect", "missing", "message"),
    [
        ("price", BooleanType(), False, "This is money, but a yes/no value is needed here."),
        ("note", TextType(), False, "This may be missing, but a value is needed here."),
        ("ratio", IntegerType(), False, "This is a decimal number, but a whole number is needed"),
        ("title", EnumType(("a", "b")), False, "but one of 'a', 'b' is needed here"),
        ("'c'", EnumType(("a", "b")), False, "'c' is not one of 'a', 'b'"),
        ("status", EnumType(("open", "paid")), False, "is needed here"),
        ("owner", RowType(ITEM), False, "This is a User, but an Item is needed here."),
        ("None", TextType(), False, "may be missing"),
    ],
)
def test_the_wanted_type(text: str, expect: Type, missing: bool, message: str) -> None:
    assert message in refusal(text, expect=expect, allow_missing=missing)


@pytest.mark.parametrize(
    ("text", "expect", "missing"),
    [
        ("price * ratio", MoneyType(2), False),
        ("stock", MoneyType(2), False),
        ("'a'", EnumType(("a", "b")), False),
        ("status", TextType(), False),
        ("note", TextType(), True),
        ("None", TextType(), True),
        ("'2026-02-28'", DateType(), False),
        ("now() + days(14)", DateTimeType(), False),
        ("parent", RowType(ITEM), True),
        ("status", EnumType(("open", "paid", "on-hold", "more")), False),
    ],
)
def test_the_wanted_type_is_met(text: str, expect: Type, missing: bool) -> None:
    assert check(text, WorldScope(), expect=expect, allow_missing=missing).text


def test_an_integer_becomes_a_decimal_where_one_is_wanted() -> None:
    assert check("stock", WorldScope(), expect=MoneyType(2)).type == DecimalType(0, 2)
