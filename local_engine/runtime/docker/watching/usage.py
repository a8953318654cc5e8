"""What each part of a deployment uses: processor, memory, restarts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_engine.runtime.docker.containers import Container
from local_engine.runtime.docker.deployment import Deployment

if TYPE_CHECKING:
    from docker import APIClient


@dataclass(frozen=True)
class Usage:
    """`processor` in percent of one, over the last second; memory in bytes without file caches."""

    part: str
    state: str
    processor: float
    memory: int
    memory_limit: int
    processes: int
    restarts: int


def usage(client: APIClient, deployment: Deployment) -> list[Usage]:
    """What the parts use now; asking takes the engine a second."""
    with ThreadPoolExecutor(max(1, len(deployment.parts))) as all_at_once:
        return list(all_at_once.map(lambda one: _usage(client, one), deployment.parts.values()))


def _usage(client: APIClient, one: Container) -> Usage:
    facts = client.inspect_container(one.id)
    restarts, limit = int(facts["RestartCount"]), int(facts["HostConfig"]["Memory"])
    if not one.runs:
        return Usage(one.part, one.state, 0.0, 0, limit, 0, restarts)
    stats: dict[str, Any] = client.stats(one.id, stream=False)
    memory = stats.get("memory_stats") or {}
    processes = int((stats.get("pids_stats") or {}).get("current", 0))
    return Usage(one.part, one.state, _percent(stats), _used(memory), limit, processes, restarts)


def _percent(stats: dict[str, Any]) -> float:
    """As `docker stats` reckons it (cli/command/container/stats_helpers.go)."""
    now, before = stats["cpu_stats"], stats["precpu_stats"]
    own = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
    whole = now.get("system_cpu_usage", 0) - before.get("system_cpu_usage", 0)
    processors = now.get("online_cpus") or len(now["cpu_usage"].get("percpu_usage") or [0])
    return 100.0 * processors * own / whole if whole > 0 and own > 0 else 0.0


def _used(memory: dict[str, Any]) -> int:
    details = memory.get("stats") or {}
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))
    return max(0, int(memory.get("usage", 0)) - int(cache))
