"""Which options fit which types of fields."""

from __future__ import annotations

from local_engine.generator.blueprint import model
from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolved import FieldType as T
from local_engine.generator.blueprint.resolving.context import Context

LENGTHS = frozenset({T.STRING, T.TEXT, T.SLUG, T.EMAIL, T.URL})
NUMBERS = frozenset({T.INTEGER, T.DECIMAL, T.MONEY})
ORDERED = NUMBERS | {T.DATE, T.TIME, T.DATETIME, T.DURATION}
SCALARS = frozenset(T) - {T.JSON, T.LIST, T.FILE}
WORDS = LENGTHS - {T.TEXT}
LIST_ITEMS = frozenset(
    {T.STRING, T.INTEGER, T.DECIMAL, T.BOOLEAN, T.DATE, T.UUID, T.EMAIL, T.URL, T.SLUG}
)

_FITS: dict[str, frozenset[T]] = {
    "of": frozenset({T.LIST}),
    "values": frozenset({T.ENUM}),
    "places": frozenset({T.DECIMAL}),
    "default": frozenset(T) - {T.FILE},
    "min": LENGTHS | ORDERED | {T.LIST},
    "max": LENGTHS | ORDERED | {T.LIST},
    "in": NUMBERS | {T.STRING},
    "pattern": frozenset({T.STRING, T.TEXT}),
    "nonzero": NUMBERS,
    "accept": frozenset({T.FILE}),
    "max_size": frozenset({T.FILE}),
    "unique": SCALARS - {T.TEXT},
    "private": frozenset(T) - {T.FILE},
    "immutable": frozenset(T) - {T.FILE},
    "search": LENGTHS,
    "filter": SCALARS - {T.TEXT},
    "sort": SCALARS - {T.TEXT},
    "derived": NUMBERS | {T.DATE, T.DATETIME},
    "computed": SCALARS,
    "copied_from": SCALARS,
    "never_below": NUMBERS,
}
_MADE = ("derived", "computed", "copied_from")
_NOT_MADE = (
    "default", "editable_by", "immutable", "min", "max", "in", "pattern", "nonzero",
)  # fmt: skip
_INPUT_OPTIONS = frozenset(
    {
        "type", "of", "values", "places", "optional", "default", "min", "max", "in", "pattern",
        "nonzero", "description",
    }
)  # fmt: skip


def check_options(context: Context, field: model.Field, path: Path) -> None:
    """Notes every option that does not fit the type, or another option."""
    said = _said(field)
    kind = T(field.type)
    for option in said:
        if option in _FITS and kind not in _FITS[option]:
            fitting = ", ".join(sorted(_FITS[option]))
            context.error(
                (*path, option),
                "option-does-not-fit",
                f"`{option}` does not go with the type {kind} (it is for {fitting}).",
                at_key=True,
            )
    made = [option for option in _MADE if option in said]
    if len(made) > 1:
        context.error(
            (*path, made[1]),
            "contradiction",
            f"A field is either `{made[0]}` or `{made[1]}`, not both.",
            at_key=True,
        )
    for option in said if made else ():
        if option in _NOT_MADE:
            context.error(
                (*path, option),
                "contradiction",
                f"The field is `{made[0]}`, so nobody sends it: leave `{option}` out.",
                at_key=True,
            )
    _check_privacy(context, field, said, path)


def check_input_options(context: Context, field: model.Field, path: Path) -> None:
    """Notes every option that an input cannot have."""
    for option in _said(field):
        if option not in _INPUT_OPTIONS:
            context.error(
                (*path, option),
                "option-does-not-fit",
                f"`{option}` is for fields of entities, not for inputs.",
                at_key=True,
            )


def _said(field: model.Field) -> list[str]:
    written = field.plain()
    return list(written) if isinstance(written, dict) else []


def _check_privacy(context: Context, field: model.Field, said: list[str], path: Path) -> None:
    if not field.private:
        return
    for option in ("search", "filter", "sort", "visible_to"):
        if option in said:
            context.error(
                (*path, option),
                "contradiction",
                f"A private field is never shown, so `{option}` has no use.",
                at_key=True,
            )
