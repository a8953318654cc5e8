"""Relations: one row of another entity, the rows that refer here, and plain links."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag
from pydantic import Field as Key

from local_engine.generator.blueprint.model.access import Actors, plain_listed
from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.scalars import ExpressionText
from local_engine.generator.blueprint.model.tagging import key_of

OnDelete = Literal["restrict", "cascade", "set null"]


class ToOne(Node):
    """A reference to one row of another entity."""

    to: str = Key(description="The entity that it leads to.")
    optional: bool = Key(default=False, description="Whether it may be null.")
    unique: bool = Key(default=False, description="Whether no two rows lead to the same row.")
    immutable: bool = Key(default=False, description="Whether it is set at creation only.")
    on_delete: OnDelete | None = Key(
        default=None, description="What happens here when the row referred to is deleted."
    )
    same: str | None = Key(
        default=None, description="A path that leads to the same row from here and from there."
    )
    where: ExpressionText | None = Key(
        default=None, description="A condition that the row referred to meets."
    )
    editable_by: Actors | None = Key(default=None, description="Only they may send it.")
    visible_to: Actors | None = Key(default=None, description="Only they see it.")
    was: str | None = Key(default=None, description="Its name before a rename.")
    description: str = Key(default="", description="What it is, for people.")

    def plain(self) -> Any:
        """A single actor without brackets."""
        data = dict(self._plain_items())
        for name in ("editable_by", "visible_to"):
            if name in data:
                data[name] = plain_listed(data[name])
        return data


class ToMany(Node):
    """The rows of another entity that refer to this one."""

    many: str = Key(description="The entity whose rows refer here.")
    by: str | None = Key(
        default=None, description="Its relation that leads here, where there are several."
    )
    description: str = Key(default="", description="What they are, for people.")


class Links(Node):
    """A plain many-to-many relation, without fields of its own."""

    links: str = Key(description="The entity whose rows are linked.")
    was: str | None = Key(default=None, description="Its name before a rename.")
    description: str = Key(default="", description="What they are, for people.")


RELATION_KEYS = ("to", "many", "links")

Relation = Annotated[
    Annotated[ToOne, Tag("=to")]
    | Annotated[ToMany, Tag("=many")]
    | Annotated[Links, Tag("=links")],
    Discriminator(key_of(*RELATION_KEYS)),
]
