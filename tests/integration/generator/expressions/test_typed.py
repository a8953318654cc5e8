"""Compiled Python satisfies mypy --strict: what is optional is guarded, and all types fit."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

from expression_agreement.backends import HELPERS_FILE, HELPERS_MODULE, python_module
from expression_agreement.grammar import random_expression
from expression_agreement.property import SEED
from expression_agreement.world import INPUT, ITEM, LABEL, LINE, PART, USER, Shape, WorldScope

from local_engine.generator.blueprint.expressions import Expression, ExpressionErrors, check
from local_engine.generator.blueprint.expressions.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DecimalType,
    DurationType,
    EnumType,
    IntegerType,
    JsonType,
    ListType,
    ManyType,
    MoneyType,
    RowType,
    TextType,
    TimeType,
    Type,
    UuidType,
)

_PYTHON = {
    BooleanType: "bool",
    DateTimeType: "datetime",
    DateType: "date",
    DecimalType: "Decimal",
    DurationType: "timedelta",
    EnumType: "str",
    IntegerType: "int",
    JsonType: "object",
    ListType: "list[str]",
    MoneyType: "Decimal",
    TextType: "str",
    TimeType: "time",
    UuidType: "UUID",
}


def _annotation(type_: Type, nullable: bool) -> str:
    match type_:
        case RowType():
            name = type_.name
        case ManyType():
            name = f"list[{type_.name}]"
        case _:
            name = _PYTHON[type(type_)]
    return f"{name} | None" if nullable else name


def _class(shape: Shape) -> str:
    lines = [
        f"    {attribute.name}: {_annotation(attribute.type, attribute.nullable)}"
        for attribute in shape.known.values()
    ]
    return "\n".join([f"class {shape.name.capitalize()}:", *lines, ""])


def _expressions(number: int) -> list[Expression]:
    chance = random.Random(SEED)
    found: dict[str, Expression] = {}
    while len(found) < number:
        try:
            expression = check(random_expression(chance), WorldScope())
        except ExpressionErrors:
            continue
        found[expression.text] = expression
    return list(found.values())


def test_compiled_python_is_typed(tmp_path: Path) -> None:
    shutil.copy(HELPERS_FILE, tmp_path / f"{HELPERS_MODULE}.py")
    expressions = _expressions(400)
    arguments = "self: Item, data: Input, user: User | None, now: datetime"
    signatures = [
        f"def e{{number}}({arguments}) -> {_annotation(expression.type, expression.nullable)}:"
        for expression in expressions
    ]
    source = "\n".join(
        [
            "from __future__ import annotations",
            "from datetime import time",
            "from decimal import Decimal",
            "from uuid import UUID",
            *[_class(shape) for shape in (ITEM, LINE, PART, LABEL, USER, INPUT)],
            python_module(expressions, signatures),
        ]
    )
    (tmp_path / "compiled.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "compiled.py"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
