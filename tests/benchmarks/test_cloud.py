"""What the cloud answers in a second on one core, and how long the slowest wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

import httpx
import psutil
import pytest
from balancer import nginx_before
from benchmark_load import Call, cpu_microseconds, table
from cloud_process import CloudProcess, cloud_process
from cloud_service import PASSWORD
from constant_load import constant_load

from local_engine.runtime.ports import free_port
from local_engine.runtime.postgres import PostgresServer, temporary_server

pytestmark = pytest.mark.full

SECONDS = 5.0
ROUNDS = 3
QUIET = {"LOG_LEVEL": "WARNING", "PLATFORM_WORKER_IN_PROCESS": "false"}
MOST_READ_MICROSECONDS = 4_000


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with temporary_server() as started:
        yield started


def token_of(url: str) -> str:
    body = {"email": "bench@example.com", "password": PASSWORD}
    httpx.post(f"{url}/auth/register", json=body, timeout=60).raise_for_status()
    form = {"username": body["email"], "password": PASSWORD}
    return str(httpx.post(f"{url}/auth/login", data=form, timeout=60).json()["access_token"])


def test_requests_a_second(server: PostgresServer) -> None:
    """CPU time a request says what one core can do; it does not hang on what else runs here."""
    url = server.create_database("bench_cloud").url
    rows = []
    with cloud_process(url, **QUIET) as cloud:
        token = token_of(cloud.url)
        project = httpx.post(
            f"{cloud.url}/projects",
            json={"name": "Bench"},
            headers={"Authorization": f"Bearer {token}"},
        ).json()["id"]
        calls = {
            "who am I": Call("GET", "/auth/me"),
            "one project": Call("GET", f"/projects/{project}"),
            "list projects": Call("GET", "/projects"),
            "rename a project": Call("PATCH", f"/projects/{project}", b'{"name":"Bench"}'),
        }
        for name, call in calls.items():
            cpu = cpu_microseconds(cloud.url, cloud.process.pid, call, token, 1_000)
            rows.append((name, cpu, 1e6 / cpu))
        with constant_load(cloud.url, token, clients=2) as load:
            time.sleep(SECONDS)
        waits = sorted(load.seconds)
        p99 = waits[int(len(waits) * 0.99)] * 1000
    print(table("The cloud", ["request", "µs of CPU", "a second and core"], rows))
    print(f"two clients without a pause: {len(waits) / SECONDS:.0f} requests/s, p99 {p99:.1f} ms")
    assert load.statuses.keys() == {200}
    assert rows[0][1] < MOST_READ_MICROSECONDS


def test_two_replicas_cost_what_one_does(server: PostgresServer) -> None:
    """CPU a request of the replicas behind nginx, against that of one alone behind it."""
    url = server.create_database("bench_replicas").url
    ports = [free_port(), free_port()]
    costs: dict[int, list[float]] = {1: [], 2: []}
    with ExitStack() as stack:
        replicas = [
            stack.enter_context(cloud_process(url, PORT=str(port), **QUIET)) for port in ports
        ]
        token = token_of(replicas[0].url)
        for _ in range(ROUNDS):  # in turns, so that whatever else runs here slows both down
            for number, found in costs.items():
                with nginx_before(ports[:number]) as balancer:
                    found.append(_cpu_a_request(balancer, token, replicas))
    rows = [(f"{number}", min(found), median(found)) for number, found in costs.items()]
    print(table("Behind nginx", ["replicas", "µs of CPU a request, best", "median"], rows))
    print(f"two against one: {min(costs[2]) / min(costs[1]):.3f}")


def _cpu_a_request(balancer: str, token: str, replicas: list[CloudProcess]) -> float:
    """Microseconds of all replicas together, for a login-free read through the balancer."""

    def spent() -> float:
        times = [psutil.Process(one.process.pid).cpu_times() for one in replicas]
        return sum(one.user + one.system for one in times)

    with constant_load(balancer, token, writing=False) as load:
        load.wait_for(200)
        before, began = spent(), load.statuses[200]
        load.wait_for(2_000)
        after, ended = spent(), load.statuses[200]
    assert load.statuses.keys() == {200}
    return (after - before) / (ended - began) * 1e6
