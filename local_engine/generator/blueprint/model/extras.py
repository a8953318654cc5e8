"""Reports, feeds, jobs and e-mail templates."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from pydantic import Field as Key

from local_engine.generator.blueprint.model.access import Actors, plain_listed
from local_engine.generator.blueprint.model.effect import Effect
from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.scalars import ExpressionText, Listed


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Keys = Annotated[
    list[ExpressionText] | dict[str, ExpressionText],
    BeforeValidator(
        _listed,
        json_schema_input_type=str | list[ExpressionText] | dict[str, ExpressionText],
    ),
]
"""What a report groups by: one expression, a list of them, or named ones."""


class Report(Node):
    """An aggregate over the rows of an entity."""

    description: str = Key(default="", description="What it says, for people.")
    of: str = Key(description="The entity.")
    where: ExpressionText | None = Key(default=None, description="Only such rows count.")
    count: Literal[True] | None = Key(default=None, description="The number of rows.")
    sum: ExpressionText | None = Key(default=None, description="The sum of this.")
    avg: ExpressionText | None = Key(default=None, description="The average of this.")
    min: ExpressionText | None = Key(default=None, description="The least of this.")
    max: ExpressionText | None = Key(default=None, description="The greatest of this.")
    per: Keys = Key(default=[], description="What rows are grouped by.")
    period: str | None = Key(
        default=None, description="The date or datetime that from= and to= limit."
    )
    by: Actors | None = Key(default=None, description="Who may see it.")

    def plain(self) -> Any:
        """A single actor or key without brackets."""
        return {key: plain_listed(value) for key, value in self._plain_items()}


class Feed(Node):
    """A named list of an entity's rows."""

    description: str = Key(default="", description="What it shows, for people.")
    of: str = Key(description="The entity.")
    where: ExpressionText | None = Key(default=None, description="Only such rows.")
    sort: Listed = Key(default=[], description="Their order, e.g. -score.")
    by: Actors | None = Key(default=None, description="Who may see it.")

    def plain(self) -> Any:
        """A single actor or sort key without brackets."""
        return {key: plain_listed(value) for key, value in self._plain_items()}


class Job(Node):
    """Work that is done again and again."""

    description: str = Key(default="", description="What it does, for people.")
    every: str | None = Key(
        default=None, description="`hour`, `15 minutes`, `day at 03:00`, `monday at 08:30`."
    )
    cron: str | None = Key(default=None, description="Or a cron line with five fields.")
    of: str | None = Key(default=None, description="The entity whose rows it is about.")
    where: ExpressionText | None = Key(default=None, description="Only such rows.")
    effects: list[Effect] = Key(default=[], description="What it does with each row.")
    code: Literal["python"] | None = Key(
        default=None, description="An extension point instead of effects."
    )


class Email(Node):
    """An e-mail template with {path} placeholders."""

    subject: str = Key(description="Its subject.")
    text: str = Key(description="Its text.")
