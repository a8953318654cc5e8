"""What has expired goes; what has not stays."""

from __future__ import annotations

from datetime import timedelta

from cloud_service import CloudService, Person

from cloud_api.features.upkeep.repository import remove_expired
from cloud_api.worker import QUEUE


def test_what_has_expired_goes_and_the_rest_stays(cloud: CloudService, person: Person) -> None:
    gone = Person(person.email, cloud.new_client())
    gone.sign_in()
    cloud.execute(
        "UPDATE sessions SET idle_expires_at = now() WHERE id ="
        " (SELECT sessions.id FROM sessions JOIN users ON users.id = user_id"
        " WHERE email = %(email)s ORDER BY sessions.id DESC LIMIT 1)",
        email=person.email,
    )
    cloud.execute(
        "INSERT INTO audit_events (at, kind, address, request_id)"
        " VALUES (now() - interval '401 days', 'signed-in', 'x', 'old'),"
        " (now() - interval '399 days', 'signed-in', 'x', 'young')"
    )
    cloud.execute("INSERT INTO rate_limits VALUES ('old', '{}', now() - interval '1 hour')")

    async def work() -> dict[str, int]:
        return await cloud.services.database.run(
            lambda connection: remove_expired(connection, timedelta(days=400))
        )

    removed = cloud.call(work())
    assert removed["audit_events"] == 1
    assert removed["sessions"] >= 1
    assert removed["rate_limits"] >= 1
    left = cloud.execute("SELECT request_id FROM audit_events WHERE address = 'x'")
    assert left == [{"request_id": "young"}]
    assert person.client.get("/auth/me").status_code == 200
    assert gone.client.get("/auth/me").status_code == 401


def test_it_is_planned_for_every_night() -> None:
    planned = QUEUE.periodic_registry.periodic_tasks.values()
    assert [(one.task.name, one.cron) for one in planned if one.task.name.startswith("upkeep")] == [
        ("upkeep:tidy", "17 3 * * *")
    ]
