"""From failing checks to a patch, by a model: `propose`.

A patch is typed edits of the Blueprint, or another text of one extension point; all else of a
project is read-only to a model.
"""

from local_engine.generator.agents.repairing.proposing import propose
from local_engine.generator.agents.repairing.tasks import (
    ExtensionPoint,
    Failure,
    Proposal,
    RepairTask,
)

__all__ = ["ExtensionPoint", "Failure", "Proposal", "RepairTask", "propose"]
