"""What can keep the project store from doing what it was asked, each with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence


class ProjectError(Exception):
    """The store refuses; nothing was changed. `hint` says what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotAProject(ProjectError):
    """There is no project in the folder."""


class FolderTaken(ProjectError):
    """A new project cannot begin in a folder that holds something else."""


class ProjectBusy(ProjectError):
    """Another process is changing the project."""


class Obstructed(ProjectError):
    """Files that are left out of the history lie where new ones would go."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(
            f"in the way of new files: {', '.join(paths)}",
            hint="these are left out of the history, so they are not overwritten; move them away",
        )
        self.paths = tuple(paths)


class ChangedMeanwhile(ProjectError):
    """Another program moved a branch of the repository at the same moment."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"another program changed {ref} at the same moment", hint="repeat the command"
        )


class MergePending(ProjectError):
    """A merge with conflicts waits: it must be ended before this can be done."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"a generation with {count} open conflict{'' if count == 1 else 's'} waits",
            hint="see `conflicts`, then `resolve` them, or give it up: `resolve --abandon`",
        )


class NothingPending(ProjectError):
    """No merge waits for a decision."""

    def __init__(self) -> None:
        super().__init__("nothing waits for a decision", hint="`generate` says when it does")


class NothingToUndo(ProjectError):
    """The history has nothing before (undo) or after (redo) what is shown."""


class NoSuchVersion(ProjectError):
    """No version has this id or name."""


class UnsolvedConflicts(ProjectError):
    """A merge cannot be completed while conflicts are open."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(
            f"not resolved yet: {', '.join(paths)}", hint="`conflicts` shows both sides of each"
        )
        self.paths = tuple(paths)
