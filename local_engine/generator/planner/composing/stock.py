"""Phrases about what is bought, taken from stock and received into it."""

from __future__ import annotations

from local_engine.generator.planner.composing.structures import bought_reviews
from local_engine.generator.planner.draft import Draft
from local_engine.generator.planner.reading.phrases import Phrase


def bought(draft: Draft, phrase: Phrase) -> bool:
    """Reviews are of those who bought the product."""
    if bought_reviews(draft):
        draft.decide("entities.Review.rules", "only who bought it", phrase.span)
        return True
    return False


def taken_or_given_back(draft: Draft, phrase: Phrase) -> bool:
    """Orders take stock when they are placed, and give it back when they are cancelled."""
    order = draft.things.get("order")
    if order is None or order.states is None or "decrease" not in str(order.states):
        return False
    name = "cancel" if phrase.kind == "gives_back" else "place"
    draft.decide(f"entities.Order.states.transitions.{name}.effects", "stock", phrase.span)
    return True


def received(draft: Draft, phrase: Phrase) -> bool:
    """What was ordered comes into stock; where, no line of a purchase order says."""
    order = draft.find("purchase_order")
    if order is None or "inventory" not in draft.flags:
        return False
    said = " ".join(draft.text[phrase.span[0] : phrase.span[1]].split())
    draft.ask(
        f"“{said}”: at which location does each line arrive? Receiving books no stock yet: "
        "stock_in does, for one item and location at a time.",
        f"entities.{order.name}.states",
    )
    return True
