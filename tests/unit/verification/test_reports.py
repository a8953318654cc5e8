"""The forms of a report."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from local_engine.verification.actors import Actor
from local_engine.verification.checks import Cell, Evidence, Result, Verdict
from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.report import GroupReport, Report
from local_engine.verification.reports import SCHEMA, to_html, to_json, to_junit

NASTY = "<script>alert('x')</script> \x00 \ud800 & \x1b[31m"
EXCHANGE = Exchange(
    Request("POST", "/notes", (("Content-Type", "application/json"),), b"\xff<b>", Actor("owner")),
    Response(500, (("content-type", "text/plain"),), NASTY.encode("utf-8", "surrogatepass")),
    0.25,
)
EVIDENCE = Evidence(f"201 {NASTY}", "500", (EXCHANGE,), "curl -i ...", "def test() -> None: ...")


def result(check: str, verdict: Verdict, root: str = "", cell: Cell | None = None) -> Result:
    evidence = EVIDENCE if verdict is Verdict.FAILED else None
    reason = "" if verdict is Verdict.PASSED else NASTY
    requests = ("POST /notes -> 500",)
    group = check.partition(".")[0]
    return Result(check, group, NASTY, verdict, reason, 0.5, requests, evidence, root, cell)


REPORT = Report(
    "Notes",
    7,
    (
        GroupReport(
            "access",
            "who may what",
            (
                result("access.read.owner", Verdict.PASSED, cell=Cell("read", "owner", "200")),
                result("access.read.other", Verdict.FAILED, "leak", Cell("read", "other", "404")),
                result("access.list.other", Verdict.FAILED, "leak", Cell("list", "other", "200")),
            ),
            1.5,
        ),
        GroupReport(
            "load",
            "cheap",
            (result("load.a", Verdict.INCONCLUSIVE), result("load.b", Verdict.NOT_APPLICABLE)),
        ),
    ),
    "2026-11-23T00:00:00+00:00",
    2.0,
)


def test_counts_verdict_and_findings() -> None:
    assert REPORT.counts == {
        Verdict.PASSED: 1,
        Verdict.FAILED: 2,
        Verdict.INCONCLUSIVE: 1,
        Verdict.NOT_APPLICABLE: 1,
    }
    assert REPORT.verdict is Verdict.FAILED
    assert [group.verdict for group in REPORT.groups] == [Verdict.FAILED, Verdict.INCONCLUSIVE]
    assert [finding.checks for finding in REPORT.findings] == [
        ("access.read.other", "access.list.other")
    ]


def test_the_matrix_is_operations_by_actors() -> None:
    assert REPORT.actors == ("owner", "other")
    assert {row.operation: sorted(row.cells) for row in REPORT.matrix} == {
        "read": ["other", "owner"],
        "list": ["other"],
    }


def test_json_follows_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document = to_json(REPORT)

    assert list(Draft202012Validator(SCHEMA).iter_errors(document)) == []
    assert document["findings"][0]["evidence"]["exchanges"][0]["status"] == 500
    assert document["matrix"]["operations"][0]["cells"]["other"]["verdict"] == "failed"


@pytest.mark.parametrize("key", ["verdict", "counts", "groups", "matrix"])
def test_the_schema_misses_what_is_left_out(key: str) -> None:
    document = to_json(REPORT)
    del document[key]

    assert list(Draft202012Validator(SCHEMA).iter_errors(document)) != []


def test_an_empty_report_is_one_too() -> None:
    empty = Report("Nothing", 0, ())

    assert empty.verdict is Verdict.NOT_APPLICABLE
    assert list(Draft202012Validator(SCHEMA).iter_errors(to_json(empty))) == []
    assert "Nothing" in to_html(empty)


def test_junit_is_xml_with_the_right_numbers() -> None:
    root = ElementTree.fromstring(to_junit(REPORT))  # noqa: S314 - our own

    assert root.attrib["tests"] == "5"
    assert [(s.attrib["name"], s.attrib["failures"]) for s in root] == [
        ("access", "2"),
        ("load", "0"),
    ]
    assert [case.attrib["name"] for case in root.iter("testcase")] == [
        result.check for result in REPORT.results
    ]
    kinds = [child.tag for case in root.iter("testcase") for child in case]
    assert kinds == ["failure", "failure", "error", "skipped"]


class Page(HTMLParser):
    """Whether every element is closed, and what the page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag != "meta":
            self.open.append(tag)
        self.references += [v or "" for k, v in attrs if k in ("src", "href", "action")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_whole_safe_and_needs_nothing_else() -> None:
    html = to_html(REPORT)
    page = Page()
    page.feed(html)

    assert page.open == []
    assert page.references == []
    assert "script" not in page.elements
    assert "link" not in page.elements
    assert re.search(r"url\(|@import|https?://", html) is None
    assert "&lt;script&gt;" in html
    assert "\x00" not in html
    html.encode("utf-8")
