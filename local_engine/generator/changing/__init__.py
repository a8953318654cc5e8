"""What changing a Blueprint would mean, before anything is done."""

from local_engine.generator.changing.consequences import (
    Consequences,
    FileChange,
    consequences,
    consequences_of_text,
)

__all__ = ["Consequences", "FileChange", "consequences", "consequences_of_text"]
