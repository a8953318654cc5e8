"""Which part a failure is about: an extension point, or the Blueprint."""

from __future__ import annotations

import re
from collections.abc import Mapping

from local_engine.projects.extension_points import is_extension_point
from local_engine.repair.standing import Standing
from local_engine.repair.traces import trace_of


def guilty_extension(
    generated: Mapping[str, bytes], present: Mapping[str, bytes], standing: Standing
) -> str | None:
    """The path of the extension point that the failures are about; None where they are not.

    It is named in a traceback or in what a check found, or a failing check bears its name. Of
    several, the one that is named most often.
    """
    points = [path for path in present if is_extension_point(path) and path in generated]
    told = trace_of(standing.logs, standing.trouble)
    told += "\n".join(one.reason for one in standing.failing)
    named = {path: told.count(path) for path in points}
    checks = {word for one in standing.failing for word in re.split(r"[./]", one.check)}
    for path in points:
        name = path.rpartition("/")[2].removesuffix(".py")
        if {name, name.removesuffix("_job")} & checks:
            named[path] += 1
    guilty = max(points, key=lambda path: named[path], default=None)
    return guilty if guilty is not None and named[guilty] else None
