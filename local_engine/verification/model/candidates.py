"""Values that a field may be given: plausible first, then anything within its limits."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from rstr import Rstr

from local_engine.generator.blueprint.resolved import Field, FieldType
from local_engine.verification.durations import format_duration
from local_engine.verification.model.values import (
    INTEGER_MAX,
    Invalid,
    item_field,
    length_limits,
    read,
    show,
    stored,
)

_LETTERS = string.ascii_lowercase + string.digits
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron")
_PLENTY = 100
_HUGE = 10**9
_NEGATIVE = -1000
_BOLD = 0.25


@dataclass
class Candidates:
    """A source of values: the same for the same `random`. Texts differ on every call.

    `plentiful` names the fields (entity, field) that others are taken from or counted against:
    they get large numbers. `intervals` gives, for each entity, the fields that begin and end one.
    """

    random: Random
    now: Callable[[], datetime]
    plentiful: frozenset[tuple[str, str]] = frozenset()
    intervals: Mapping[str, tuple[Field, Field]] = field(default_factory=dict)
    made: int = 0
    _makers: dict[FieldType, Callable[[Field], Any]] = field(init=False)

    def __post_init__(self) -> None:
        self._makers = {
            FieldType.STRING: self._string,
            FieldType.TEXT: self._string,
            FieldType.INTEGER: self._integer,
            FieldType.DECIMAL: self._decimal,
            FieldType.MONEY: self._decimal,
            FieldType.BOOLEAN: lambda _: self.random.random() < 0.5,
            FieldType.DATE: self._date,
            FieldType.TIME: self._time,
            FieldType.DATETIME: self._datetime,
            FieldType.DURATION: self._duration,
            FieldType.UUID: lambda _: self._uuid(),
            FieldType.EMAIL: lambda _: f"{self.token()}@example.com",
            FieldType.URL: lambda _: f"https://example.com/{self.token()}",
            FieldType.SLUG: self._slug,
            FieldType.ENUM: lambda declared: self.random.choice(declared.values),
            FieldType.JSON: lambda _: {"token": self.token()},
            FieldType.LIST: self._list,
        }

    def token(self) -> str:
        """A word that no other text has."""
        self.made += 1
        return f"{self.random.choice(_WORDS)}{self.made}{self._letters(3)}"

    def value(self, entity: str, declared: Field) -> Any:
        """A JSON value within the field's limits; raises Invalid if none was found."""
        if declared.allowed:
            return show(declared, stored(declared, self.random.choice(declared.allowed)))
        if (entity, declared.name) in self.plentiful:
            return self._plenty(declared)
        for _ in range(50):
            made = self._makers[declared.type](declared)
            try:
                read(declared, made)
            except Invalid:
                continue
            return made
        raise Invalid(f"any value that was tried for the field {declared.name}")

    def bold(self, entity: str, declared: Field) -> Any:
        """A JSON value within the limits, now and then one that rules turn on."""
        telling = self.telling(declared)
        if telling and self.random.random() < _BOLD:
            return self.random.choice(telling)
        return self.value(entity, declared)

    def fitted(self, entity: str, body: dict[str, Any], free: Container[str]) -> dict[str, Any]:
        """The body of a row, with its interval made a short one if its end is free."""
        start, end = self.intervals.get(entity, (None, None))
        if start is None or end is None or end.name not in free or self.random.random() < 0.1:
            return body
        try:
            begins = read(start, body.get(start.name))
        except Invalid:
            return body
        hours = self.random.choice((24, 48)) if end.type is FieldType.DATE else 1
        return {**body, end.name: show(end, begins + timedelta(hours=hours))}

    def telling(self, declared: Field, present: Any = None) -> list[Any]:
        """Values that rules often turn on: limits, and times around now and the present value."""
        found: list[Any] = []
        least: Any = declared.minimum
        most: Any = declared.maximum
        match declared.type:
            case FieldType.INTEGER | FieldType.DECIMAL | FieldType.MONEY:
                lowest = _NEGATIVE if least is None else least
                found = [one for one in (lowest, most) if one is not None and abs(one) < _HUGE]
            case FieldType.DATETIME:
                hours = (3, 13, 49, -3, -49)
                found = [self._hour() + timedelta(hours=count) for count in hours]
                if isinstance(present, datetime):
                    found = [present + timedelta(minutes=1), present - timedelta(minutes=1), *found]
            case FieldType.DATE:
                found = [self.now().date() + timedelta(days=count) for count in (0, 1, 9, -1, -9)]
                if isinstance(present, date):
                    found = [present + timedelta(days=1), present - timedelta(days=1), *found]
            case _:
                return []
        return [show(declared, stored(declared, one)) for one in found]

    def _hour(self) -> datetime:
        return self.now().replace(minute=0, second=0, microsecond=0)

    def _plenty(self, declared: Field) -> Any:
        most: Any = declared.maximum
        least: Any = declared.minimum
        number = max(_PLENTY, least) if least is not None else _PLENTY
        number = min(number, most) if most is not None else number
        if declared.type is FieldType.INTEGER:
            return int(number)
        return show(declared, Decimal(number))

    def _letters(self, count: int) -> str:
        return "".join(self.random.choice(_LETTERS) for _ in range(count))

    def _uuid(self) -> str:
        digits = f"{self.random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _string(self, declared: Field) -> str:
        low, high = length_limits(declared)
        if declared.pattern is not None:
            return self._matching(declared.pattern, low, high)
        text = f"{declared.name.replace('_', ' ')} {self.token()}"
        if len(text) > high:
            text = self._letters(high)
        return text + self._letters(max(0, low - len(text)))

    def _matching(self, pattern: str, low: int, high: int) -> str:
        source = Rstr(self.random)
        text = ""
        for _ in range(50):
            text = source.xeger(pattern)
            if low <= len(text) <= high and re.fullmatch(pattern, text) and text.isprintable():
                break
        return text

    def _slug(self, declared: Field) -> str:
        low, high = length_limits(declared)
        text = self.token()
        if len(text) > high:
            text = self._letters(high)
        return text + self._letters(max(0, low - len(text)))

    def _range(self, declared: Field, usual: int) -> tuple[Any, Any]:
        least: Any = declared.minimum
        most: Any = declared.maximum
        if least is None:
            least = 1 if most is None else min(1, most)
        if most is None:
            most = least + usual
        return least, min(most, least + usual)

    def _integer(self, declared: Field) -> int:
        if declared.unique:
            self.made += 1
            least: Any = declared.minimum
            return int((0 if least is None else least) + self.made)
        least, most = self._range(declared, 8)
        return self.random.randint(max(int(least), -INTEGER_MAX), min(int(most), INTEGER_MAX))

    def _decimal(self, declared: Field) -> str:
        places = 4 if declared.places is None else declared.places
        least, most = self._range(declared, 40)
        steps = int((Decimal(most) - Decimal(least)).scaleb(places))
        chosen = Decimal(least) + Decimal(self.random.randint(0, max(steps, 0))).scaleb(-places)
        return f"{stored(declared, chosen):f}"

    def _days(self) -> int:
        """Days from now: mostly ahead."""
        return self.random.choice((1, 1, 1, -1)) * self.random.randint(2, 300)

    def _date(self, declared: Field) -> str:
        day = self.now().date() + timedelta(days=self._days())
        least: Any = declared.minimum
        most: Any = declared.maximum
        if isinstance(least, date) and day < least:
            day = least + timedelta(days=self.random.randint(0, 30))
        if isinstance(most, date) and day > most:
            day = most - timedelta(days=self.random.randint(0, 30))
        return day.isoformat()

    def _datetime(self, declared: Field) -> str:
        moment = self._hour() + timedelta(days=self._days(), hours=self.random.randint(0, 23))
        least: Any = declared.minimum
        most: Any = declared.maximum
        if isinstance(least, datetime) and moment < least:
            moment = least + timedelta(hours=self.random.randint(0, 99))
        if isinstance(most, datetime) and moment > most:
            moment = most - timedelta(hours=self.random.randint(0, 99))
        return moment.astimezone(UTC).isoformat()

    def _time(self, declared: Field) -> str:
        least = declared.minimum if isinstance(declared.minimum, time) else time(0)
        most = declared.maximum if isinstance(declared.maximum, time) else time(23, 59)
        minutes = self.random.randint(_minutes(least), _minutes(most))
        return f"{minutes // 60:02}:{minutes % 60:02}:00"

    def _duration(self, declared: Field) -> str:
        least = declared.minimum if isinstance(declared.minimum, timedelta) else timedelta(hours=1)
        return format_duration(least + timedelta(minutes=self.random.randint(0, 90)))

    def _list(self, declared: Field) -> list[Any]:
        low, high = length_limits(declared)
        count = min(high, max(low, 1))
        return [self.value("", item_field(declared)) for _ in range(count)]


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
