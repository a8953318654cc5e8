"""What a clause may ask for, tried in this order: what is said most exactly comes first."""

from local_engine.generator.planner.refining.intents import (
    access,
    behaviour,
    names,
    options,
    things,
)

INTENTS = (
    *behaviour.INTENTS,
    *options.INTENTS,
    *names.INTENTS,
    *things.STATEMENTS,
    *access.INTENTS,
    *things.INTENTS,
)
