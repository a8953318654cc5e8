"""Each check passes on a service that conforms and fails on one with the defect it looks for."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from notes_service.accounts import CHEAP
from notes_service.application import APPLICATION
from notes_service.running import NotesControls, NotesWorld, running
from notes_service.service import Service
from verifying import result_of, watched

from local_engine.verification.checks import Result, Verdict
from local_engine.verification.run import verify

# The defect that a check is there to find; several where one check looks for several things.
DEFECTS: dict[str, tuple[str, ...]] = {
    "boot.ready": ("never_ready",),
    "boot.openapi_valid": ("document_invalid",),
    "boot.operation_ids": ("repeated_ids",),
    "boot.routes_promised": ("route_hidden",),
    "boot.routes_extra": ("route_extra",),
    "boot.security_headers": ("sniffable",),
    "contract.unknown_path": ("unknown_path_400", "plain_errors"),
    "contract.wrong_method.notes": ("no_allow", "wrong_method_404"),
    "contract.malformed_json.create.note": ("malformed_422",),
    "contract.malformed_json.update.note": ("malformed_422",),
    "contract.malformed_json.post.auth_register": ("malformed_422",),
    "contract.not_an_object.update.note": ("arrays_taken",),
    "contract.content_type.create.note": ("any_type",),
    "contract.content_type.patch.users_me": ("any_type",),
    "contract.create.note": (
        "created_200",
        "no_location",
        "no_etag",
        "private_shown",
        "key_absent",
        "stripped_price",
        "not_stored",
    ),
    "contract.read.note": ("read_differs", "no_304", "private_shown"),
    "contract.read.absent.note": ("bad_id_breaks",),
    "contract.update.note": ("patch_resets", "version_kept"),
    "contract.update.nothing.note": ("always_new_version",),
    "contract.update.stale.note": ("stale_taken",),
    "contract.delete.note": ("delete_ignored",),
    "contract.idempotency.note": ("keys_ignored",),
    "contract.idempotency.bad_key.note": ("any_key",),
    "contract.list.pages.note": ("page_gap", "page_repeats"),
    "contract.list.order.note": ("order_wrong",),
    "contract.list.limit.note": ("limit_capped",),
    "contract.list.cursor.note": ("cursor_ignored", "cursor_any_sort"),
    "contract.list.unknown.note": ("unknown_parameter_ignored", "sort_ignored"),
    "contract.list.sort.stars.note": ("order_wrong",),
    "contract.list.sort.due_on.note": ("order_wrong", "nulls_first"),
    "contract.list.sort.created_at.note": ("order_wrong",),
    "contract.list.filter.stars.note": ("filter_ignored", "gt_is_gte", "wrong_filter_ignored"),
    "contract.list.filter.due_on.note": ("nulls_meet",),
    "contract.list.filter.author_id.note": ("reference_filter_ignored",),
    "contract.list.search.note": ("search_case", "search_any", "search_patterns"),
    "input.create.note.title.type": ("types_unchecked",),
    "input.create.note.stars.type": ("numbers_in_strings", "null_taken"),
    "input.create.note.price.type": ("float_money",),
    "input.create.note.starts_at.type": ("naive_times",),
    "input.create.note.title.outside": ("max_off_by_one",),
    "input.create.note.stars.outside": ("range_ignored",),
    "input.create.note.price.outside": ("rounded",),
    "input.create.note.code.outside": ("pattern_ignored",),
    "input.create.note.labels.outside": ("items_unlimited",),
    "input.create.note.title.inside": ("max_too_small",),
    "input.create.note.title.characters": ("controls_taken", "nul_breaks"),
    "input.create.note.title.markers": ("markers_changed", "stripped"),
    "input.create.note.title.required": ("required_ignored",),
    "input.create.note.parent.reference": ("dangling_taken", "reference_code"),
    "input.create.note.mass_assignment": (
        "owner_taken",
        "times_taken",
        "unknown_ignored",
        "read_only_ignored",
        "pointer_wrong",
    ),
    "input.update.note": ("max_off_by_one", "immutable_ignored", "null_taken"),
    "input.update.note.mass_assignment": (
        "owner_taken",
        "times_taken",
        "unknown_ignored",
        "read_only_ignored",
    ),
    "input.list.note.parameters": ("filter_ignored", "sort_ignored"),
    "input.list.note.search": ("search_breaks",),
    "input.traversal": ("files_served",),
    "input.headers": ("headers_break",),
    "input.oversized": ("unlimited",),
    "input.oversized_chunked": ("chunks_unlimited",),
    "input.deep_json": ("deep_breaks",),
    "input.odd_numbers": ("numbers_break",),
    "input.canary": ("never_ready",),
    "auth.login": ("tokens_misshapen",),
    "auth.login.wrong": ("any_password",),
    "auth.login.email_case": ("email_case",),
    "auth.refresh": ("refresh_keeps",),
    "auth.refresh.reuse": ("reuse_taken", "family_kept", "all_revoked"),
    "auth.refresh.garbage": ("any_refresh",),
    "auth.logout": ("logout_ignored",),
    "auth.token.missing": ("open_me", "no_challenge"),
    "auth.token.garbage": ("garbage_breaks",),
    "auth.token.scheme": ("any_scheme",),
    "auth.token.public_route": ("garbage_is_anonymous",),
    "auth.token.claims": ("long_tokens",),
    "auth.token.alg_none": ("alg_none",),
    "auth.token.wrong_key": ("common_key", "signature_unchecked"),
    "auth.token.tampered": ("signature_unchecked",),
    "auth.token.refresh": ("refresh_as_access",),
    "auth.token.expired": ("exp_unchecked",),
    "auth.token.audience": ("aud_unchecked",),
    "auth.token.issuer": ("iss_unchecked",),
    "auth.token.no_audience": ("aud_unchecked",),
    "auth.token.no_issuer": ("iss_unchecked",),
    "auth.token.no_expiry": ("exp_unchecked",),
    "auth.token.no_subject": ("any_subject",),
    "auth.token.odd_subject": ("any_subject",),
    "auth.register": ("hash_shown", "admin_by_default"),
    "auth.register.taken": ("email_case", "taken_again"),
    "auth.register.password": ("short_passwords",),
    "auth.register.email": ("any_email",),
    "auth.register.privileges": ("roles_taken",),
    "auth.password": ("sessions_kept",),
    "auth.password.wrong": ("password_unasked", "short_passwords"),
    "auth.roles": ("users_open", "any_role"),
    "auth.users": ("users_open", "hash_shown"),
    "auth.me": ("roles_self",),
    "auth.enumeration": ("enumerable",),
    "auth.logged": ("bodies_logged",),
    "auth.roles.last_admin": ("last_admin_lost", "admins_stuck"),
    "auth.register.limit": ("registrations_unlimited",),
    "auth.register.limit.elsewhere": ("limited_together",),
    "auth.throttling": ("no_throttling",),
    "auth.throttling.accounts": ("address_locked",),
    "auth.throttling.elsewhere": ("account_locked",),
    "auth.throttling.claimed": ("claims_believed",),
    "persistence.stop": ("lost_when_stopped",),
    "persistence.kill": ("lost_when_killed",),
}

CASES = [(check, defect) for check, defects in DEFECTS.items() for defect in defects]


@pytest.fixture(scope="module")
def controls() -> Iterator[NotesControls]:
    with running(Service()) as controls:
        yield controls


@pytest.fixture(autouse=True)
def _fresh(controls: NotesControls) -> Iterator[None]:
    empty = controls.service.snapshot()
    yield
    controls.service.defects.clear()
    controls.service.logged.clear()
    controls.answers = {}
    controls.service.restore(empty)


def judged(check: str, controls: NotesControls) -> Result:
    return result_of(check, APPLICATION, controls, NotesWorld)


@pytest.mark.parametrize("check", DEFECTS)
def test_passes_on_a_service_that_conforms(check: str, controls: NotesControls) -> None:
    result = judged(check, controls)

    assert result.verdict is Verdict.PASSED, result.reason


@pytest.mark.parametrize(("check", "defect"), CASES)
def test_fails_on_a_service_with_the_defect(
    check: str, defect: str, controls: NotesControls
) -> None:
    controls.service.defects.add(defect)

    result = judged(check, controls)

    assert result.verdict is Verdict.FAILED, result.reason
    assert result.evidence is not None
    assert result.root


def test_whole_groups_have_no_false_alarm(controls: NotesControls) -> None:
    groups = ["boot", "contract", "input", "auth"]
    controls.answers["password_hash"] = [{"password_hash": "$argon2id$v=19$m=19456,t=2,p=1$x$y"}]

    report = verify(APPLICATION, controls, groups=groups, make_world=NotesWorld)

    others = [r for r in report.results if r.verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE)]
    assert others == []
    assert report.verdict is Verdict.PASSED


def test_every_check_of_these_groups_has_a_defect(controls: NotesControls) -> None:
    """Kinds of checks, as there is one a field; those over tables are tested elsewhere."""
    groups = ["boot", "contract", "input", "auth"]
    report = verify(APPLICATION, controls, groups=groups, make_world=NotesWorld)
    tested = {_kind(check) for check in DEFECTS} | TESTED_ELSEWHERE

    found = {_kind(r.check) for r in report.results if r.verdict is not Verdict.NOT_APPLICABLE}

    assert found - tested == set()


TESTED_ELSEWHERE = {
    "auth.enumeration.timing",
    "auth.stored.hash",
    "auth.stored.secrets",
    "boot.health",
    "boot.docs",
    *(f"{group}.{kind}" for group in ("boot", "contract", "input", "auth")
      for kind in ("no_server_error", "as_described")),
}  # fmt: skip


def _kind(check: str) -> str:
    parts = check.split(".")
    if check.startswith("contract.list.sort"):
        return "contract.list.sort"
    if check.startswith("contract.list.filter"):
        return "contract.list.filter"
    if check.startswith(("contract.malformed", "contract.not_an", "contract.content")):
        return parts[1]
    if check.startswith("contract.wrong_method"):
        return parts[1]
    if check.startswith("input.create.note") and len(parts) == 5:
        return f"input.create.{parts[4]}"
    return check


@pytest.mark.parametrize(("defect", "verdict"), [("", "passed"), ("fast_unknown", "failed")])
def test_time_tells_which_accounts_exist(
    defect: str, verdict: str, controls: NotesControls
) -> None:
    controls.service.accounts.hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    controls.service.defects.add(defect)

    assert judged("auth.enumeration.timing", controls).verdict == verdict
    controls.service.accounts.hasher = CHEAP


@pytest.mark.parametrize(
    ("stored", "verdict"),
    [
        ("$argon2id$v=19$m=19456,t=2,p=1$salt$hash", "passed"),
        ("$argon2id$v=19$m=1024,t=1,p=1$salt$hash", "failed"),
        ("$2b$12$salt.and.hash", "failed"),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "failed"),
        ("correct horse battery", "failed"),
    ],
)
def test_stored_hashes_are_slow(stored: str, verdict: str, controls: NotesControls) -> None:
    controls.answers = {"password_hash": [{"password_hash": stored}]}

    assert judged("auth.stored.hash", controls).verdict == verdict


@pytest.mark.parametrize(("rows", "verdict"), [([], "passed"), ([{"?column?": 1}], "failed")])
def test_stored_secrets_are_found(
    rows: list[dict[str, int]], verdict: str, controls: NotesControls
) -> None:
    controls.answers = {"pg_tables": [{"name": "public.sessions"}], "strpos": rows}

    assert judged("auth.stored.secrets", controls).verdict == verdict


def test_a_server_error_is_found_whatever_the_group_was_after(controls: NotesControls) -> None:
    assert watched("input.no_server_error", APPLICATION, controls, "/notes/1").verdict == "passed"
    controls.service.defects.add("bad_id_breaks")

    result = watched("input.no_server_error", APPLICATION, controls, "/notes/1")

    assert result.verdict is Verdict.FAILED
    assert result.root == "server-error GET /notes/{id}"


def test_an_answer_that_is_not_as_described_is_found(controls: NotesControls) -> None:
    assert watched("input.as_described", APPLICATION, controls, "/notes").verdict == "passed"
    controls.service.defects.add("list_misshapen")

    result = watched("input.as_described", APPLICATION, controls, "/notes")

    assert result.verdict is Verdict.FAILED
    assert "next_cursor" in result.reason


@pytest.mark.parametrize("limit", ["auth.throttling", "auth.register.limit"])
def test_without_a_second_address_nothing_is_said_about_it(
    limit: str, controls: NotesControls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "other_address", "")

    result = judged(f"{limit}.elsewhere", controls)

    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "second address" in result.reason
