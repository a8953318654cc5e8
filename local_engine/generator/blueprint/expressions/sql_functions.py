"""The functions that compiled SQL calls where PostgreSQL's own do not mean the same as Python's.

A database needs only those that its expressions use. They are strict: a missing argument gives a
missing result. Errors have the states in `ERROR_STATES`, like those of PostgreSQL's arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

ERROR_STATES = frozenset({"22003", "22008", "22012"})
"""numeric_value_out_of_range, datetime_field_overflow, division_by_zero."""


@dataclass(frozen=True)
class SqlFunction:
    """A function: its name and arguments, and the statement that creates it."""

    name: str
    arguments: str
    definition: str

    @property
    def drop(self) -> str:
        """The statement that removes it."""
        return f"DROP FUNCTION {self.name}({self.arguments});"


DIVIDE = SqlFunction(
    "divide_half_even",
    "numeric, numeric",
    """\
-- The quotient with 20 digits after the point, rounded half to even.
CREATE FUNCTION divide_half_even(dividend numeric, divisor numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT sign(dividend) * sign(divisor) * 0.00000000000000000001
    * (quotient + CASE
        WHEN 2 * remainder > abs(divisor) THEN 1
        WHEN 2 * remainder = abs(divisor) THEN mod(quotient, 2)
        ELSE 0
      END)
  FROM (
    SELECT
      div(abs(dividend) * 100000000000000000000, abs(divisor)) AS quotient,
      mod(abs(dividend) * 100000000000000000000, abs(divisor)) AS remainder
  ) AS division;
END;
""",
)

FLOOR_DIVIDE = SqlFunction(
    "floor_divide",
    "numeric, numeric",
    """\
-- The quotient rounded down to an integer (PostgreSQL's own division rounds towards zero).
CREATE FUNCTION floor_divide(dividend numeric, divisor numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
  div(dividend, divisor)
  - CASE
      WHEN mod(dividend, divisor) <> 0 AND sign(dividend) <> sign(divisor) THEN 1
      ELSE 0
    END
)::bigint;
""",
)

FLOOR_MODULO = SqlFunction(
    "floor_modulo",
    "numeric, numeric",
    """\
-- What is left of the division rounded down; it has the sign of the divisor.
CREATE FUNCTION floor_modulo(dividend numeric, divisor numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN mod(dividend, divisor)
  + CASE
      WHEN mod(dividend, divisor) <> 0 AND sign(dividend) <> sign(divisor) THEN divisor
      ELSE 0
    END;
""",
)

ROUND = SqlFunction(
    "round_half_even",
    "numeric, integer",
    """\
-- The number with so many digits after the point; a half goes to the even digit.
CREATE FUNCTION round_half_even(number numeric, places integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN abs(number - trunc(number, places)) * 2 * 10::numeric ^ places = 1
    AND mod(trunc(number, places) * 10::numeric ^ places, 2) = 0
  THEN trunc(number, places)
  ELSE round(number, places)
END;
""",
)

CHECKED_COUNT = SqlFunction(
    "checked_count",
    "bigint, bigint",
    """\
-- The number of days, hours or minutes, unless it is beyond what a duration may have.
CREATE FUNCTION checked_count(number bigint, most bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
  IF number NOT BETWEEN -most AND most THEN
    RAISE numeric_value_out_of_range USING MESSAGE = 'the duration is too long';
  END IF;
  RETURN number;
END;
$$;
""",
)

SQL_FUNCTIONS = (DIVIDE, FLOOR_DIVIDE, FLOOR_MODULO, ROUND, CHECKED_COUNT)
"""All of them, in the order in which they may be created."""
