"""What has expired goes; what has not stays."""

from __future__ import annotations

from datetime import timedelta

from cloud_operations import new_generation
from cloud_service import PASSWORD, CloudService, Person

from cloud_api.features.upkeep.repository import remove_expired
from cloud_api.worker import QUEUE

AUDIT, DETAILS = timedelta(days=400), timedelta(days=90)


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

    removed = cloud.call(remove_expired(cloud.services.database, AUDIT, DETAILS))
    assert removed["audit_events"] == 1
    assert removed["sessions"] >= 1
    assert removed["rate_limits"] >= 1
    left = cloud.execute("SELECT request_id FROM audit_events WHERE address = 'x'")
    assert left == [{"request_id": "young"}]
    assert person.client.get("/auth/me").status_code == 200
    assert gone.client.get("/auth/me").status_code == 401


def test_details_of_old_runs_go_and_are_their_owners_until_then(
    cloud: CloudService, person: Person
) -> None:
    """Events and calls: they are in the export, expire, and go with the account."""
    old, young = new_generation(person), new_generation(person, "A blog")
    other = cloud.new_person("other")
    new_generation(other)
    cloud.execute(
        "INSERT INTO model_calls (generation_id, provider, model, day, charged, reserved_tokens,"
        " reserved_microdollars) SELECT id, 'groq', 'a-model', now(), true, 1, 1 FROM generations"
    )
    cloud.execute(
        "UPDATE generations SET ended_at = now() - interval '91 days' WHERE id = %(id)s", id=old
    )

    def exported() -> dict[str, set[str]]:
        data = person.client.get("/auth/account/export").json()["data"]
        names = ("generation_events", "model_calls")
        return {name: {row["generation_id"] for row in data[name]} for name in names}

    assert exported() == {"generation_events": {old, young}, "model_calls": {old, young}}
    removed = cloud.call(remove_expired(cloud.services.database, AUDIT, DETAILS))
    assert (removed["generation_events"] > 2, removed["model_calls"]) == (True, 1)
    assert exported() == {"generation_events": {young}, "model_calls": {young}}
    assert person.client.get(f"/generations/{old}").json()["status"] == "succeeded"
    gone = {"password": PASSWORD}
    assert person.client.post("/auth/account/deletion", json=gone).status_code == 204
    for table in ("generation_events", "model_calls"):
        sql = f"SELECT generation_id FROM {table} WHERE generation_id IN (%(old)s, %(young)s)"
        assert cloud.execute(sql, old=old, young=young) == []


def test_many_rows_go_in_batches_and_nobody_is_waited_for(cloud: CloudService) -> None:
    """Each batch is committed by itself; a row that somebody holds stays for the next night."""
    cloud.execute(
        "INSERT INTO attempts SELECT sha256(n::text::bytea), 1, now(), now() - interval '2 days'"
        " FROM generate_series(1, 25) AS n"
    )
    database = cloud.services.database

    async def tidy_beside_a_holder() -> int:
        async with database.connection() as holder, holder.transaction():
            await holder.execute(
                "SELECT FROM attempts WHERE subject = sha256('7'::bytea) FOR UPDATE"
            )
            removed = await remove_expired(database, AUDIT, DETAILS, batch=10)
            return removed["attempts"]

    cloud.execute("CREATE TABLE batches_seen (transaction xid8 DEFAULT pg_current_xact_id())")
    cloud.execute(
        "CREATE FUNCTION see_batch() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO batches_seen DEFAULT VALUES; RETURN NULL; END'"
    )
    cloud.execute(
        "CREATE TRIGGER seen AFTER DELETE ON attempts FOR EACH STATEMENT"
        " EXECUTE FUNCTION see_batch()"
    )
    try:
        assert cloud.call(tidy_beside_a_holder()) == 24
        left = cloud.execute("SELECT subject = sha256('7'::bytea) AS held FROM attempts")
        assert {"held": True} in left
        seen = cloud.execute("SELECT count(DISTINCT transaction) AS number FROM batches_seen")
        assert seen == [{"number": 3}]
    finally:
        cloud.execute("DROP TRIGGER seen ON attempts")
        cloud.execute("DROP FUNCTION see_batch; DROP TABLE batches_seen")
        cloud.execute("DELETE FROM attempts WHERE subject = sha256('7'::bytea)")


def test_it_is_planned_for_every_night() -> None:
    planned = QUEUE.periodic_registry.periodic_tasks.values()
    assert [(one.task.name, one.cron) for one in planned if one.task.name.startswith("upkeep")] == [
        ("upkeep:tidy", "17 3 * * *")
    ]
