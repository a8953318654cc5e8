"""Finds the promised route of a request, and the rows that its path names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.model.outcome import Refused
from local_engine.verification.routes import Route, promised_routes, snake


@dataclass(frozen=True)
class Step:
    """A parameter of a path: the entity whose row it names ("" if none), and its value."""

    name: str
    entity: str
    value: str


@dataclass(frozen=True)
class Match:
    """A route with the parameters that a path gives it, from left to right."""

    route: Route
    steps: tuple[Step, ...]


class Router:
    """Knows all routes of an application; fixed segments go before parameters."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._entities = {f"{snake(name)}_id": name for name in application.entities}
        if application.tenancy:
            tenant = application.tenancy
            self._entities[f"{tenant.relation}_id"] = tenant.tenant
        self._paths: dict[int, list[tuple[tuple[str, ...], dict[str, Route]]]] = {}
        for route in promised_routes(application):
            self._add(route)

    def _add(self, route: Route) -> None:
        segments = tuple(route.path.strip("/").split("/"))
        same_length = self._paths.setdefault(len(segments), [])
        for known, methods in same_length:
            if _shape(known) == _shape(segments):
                methods[route.method] = route
                return
        same_length.append((segments, {route.method: route}))
        same_length.sort(key=lambda entry: [_is_parameter(part) for part in entry[0]])

    def match(self, method: str, path: str) -> Match:
        """The route of a request; refuses with 404 or 405 where there is none."""
        parts = path.strip("/").split("/")
        for segments, methods in self._paths.get(len(parts), ()):
            if not all(
                _is_parameter(own) or own == part for own, part in zip(segments, parts, strict=True)
            ):
                continue
            route = methods.get(method)
            if route is None:
                raise Refused(405, why=f"{method} does not exist here")
            return Match(route, tuple(self._steps(route, parts)))
        raise Refused(404, why="there is no such route")

    def _steps(self, route: Route, parts: list[str]) -> list[Step]:
        segments = route.path.strip("/").split("/")
        return [
            Step(own, self._entity(route, own[1:-1]), part)
            for own, part in zip(segments, parts, strict=True)
            if _is_parameter(own)
        ]

    def _entity(self, route: Route, name: str) -> str:
        return route.entity if name == "id" else self._entities.get(name, "")


def fill(path: str, values: Mapping[str, str]) -> str:
    """The path with its parameters (`{order_id}`) replaced by values."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{")


def _shape(segments: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("{}" if _is_parameter(segment) else segment for segment in segments)
