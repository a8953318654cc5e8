"""What a project has beyond its entities: operations, reports, feeds, jobs, extension points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from local_engine.generator.emit.fastapi.actions import extensions, operations
from local_engine.generator.emit.fastapi.entities.routing import Handler
from local_engine.generator.emit.fastapi.jobs.queue import Queue
from local_engine.generator.emit.fastapi.reports import feeds, reports
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.python import Module, Symbol


class Part(Protocol):
    """One operation, report or feed."""

    @property
    def router(self) -> Symbol:
        """Its router, for the application."""

    def modules(self) -> Iterator[Module]:
        """Its modules."""

    def handler(self) -> Handler:
        """Its route."""


@dataclass(frozen=True)
class Chapter:
    """Parts of one kind, in a package of their own."""

    title: str
    package: Module
    parts: Sequence[Part]

    def modules(self) -> Iterator[Module]:
        """The package and its modules."""
        yield self.package
        for part in self.parts:
            yield from part.modules()


@dataclass(frozen=True)
class Further:
    """The chapters of a project; those that are empty are left out."""

    resources: Resources

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """All of them."""
        resources = self.resources
        found = (
            Chapter(
                "Operations",
                operations.package_module(),
                list(operations.operation_parts(resources)),
            ),
            Chapter("Reports", reports.package_module(), list(reports.report_parts(resources))),
            Chapter("Feeds", feeds.package_module(), list(feeds.feed_parts(resources))),
        )
        return tuple(chapter for chapter in found if chapter.parts)

    @property
    def queue(self) -> Queue:
        """What happens without a request."""
        return Queue(self.resources)

    def modules(self) -> Iterator[Module]:
        """All modules."""
        for chapter in self.chapters:
            yield from chapter.modules()
        yield from self.queue.modules()
        yield from self._extensions()

    def _extensions(self) -> Iterator[Module]:
        """The extension points."""
        points = [
            *(part.extension() for part in operations.operation_parts(self.resources)),
            *(job.extension() for job in self.queue.jobs),
        ]
        found = [module for module in points if module is not None]
        if found:
            yield extensions.package_module()
        yield from found

    def routers(self) -> Iterator[Symbol]:
        """All routers."""
        for chapter in self.chapters:
            for part in chapter.parts:
                yield part.router

    def handlers(self) -> list[tuple[str, list[Handler]]]:
        """The routes by chapter."""
        return [
            (chapter.title, [part.handler() for part in chapter.parts]) for chapter in self.chapters
        ]
