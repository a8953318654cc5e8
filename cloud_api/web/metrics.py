"""Counters and histograms for Prometheus, of this replica alone."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from psycopg_pool import AsyncConnectionPool

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 45.0)
_POOL_GAUGES = {
    "pool_size": "Connections to the database",
    "pool_available": "Connections that wait for work",
    "requests_waiting": "Requests that wait for a connection",
}


class Metrics:
    """What a replica counts; each has a registry of its own, so tests do not share numbers."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._registry = CollectorRegistry()
        self._pool = pool
        self.requests = Histogram(
            "cloud_request_seconds",
            "Time to answer, by method, route and status",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self.open_streams = Gauge(
            "cloud_open_streams", "Streams of events that are open", registry=self._registry
        )
        self._database = {
            name: Gauge(f"cloud_database_{name}", text, registry=self._registry)
            for name, text in _POOL_GAUGES.items()
        }

    def text(self) -> bytes:
        """All numbers in Prometheus's text format."""
        found = self._pool.get_stats()
        for name, gauge in self._database.items():
            gauge.set(found.get(name, 0))
        return generate_latest(self._registry)
