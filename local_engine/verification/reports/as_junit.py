"""A report as JUnit XML, for the test views of CI systems."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from local_engine.verification.checks import Result, Verdict
from local_engine.verification.report import GroupReport, Report

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: Report) -> str:
    """The report as XML: a suite a group; inconclusive is an error, not applicable is skipped."""
    root = Element("testsuites", _attributes(f"Verification of {report.application}", report))
    for group in report.groups:
        suite = SubElement(root, "testsuite", _attributes(group.group, group))
        for result in group.results:
            _case(suite, result)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _attributes(name: str, report: Report | GroupReport) -> dict[str, str]:
    counts = report.counts
    return {
        "name": _clean(name),
        "tests": str(sum(counts.values())),
        "failures": str(counts[Verdict.FAILED]),
        "errors": str(counts[Verdict.INCONCLUSIVE]),
        "skipped": str(counts[Verdict.NOT_APPLICABLE]),
        "time": f"{report.seconds:.3f}",
    }


def _case(suite: Element, result: Result) -> None:
    attributes = {"classname": result.group, "name": result.check, "time": f"{result.seconds:.4f}"}
    case = SubElement(suite, "testcase", attributes)
    match result.verdict:
        case Verdict.FAILED:
            failure = SubElement(case, "failure", {"message": _clean(result.reason)})
            failure.text = _clean(result.evidence.curl if result.evidence else "")
        case Verdict.INCONCLUSIVE:
            SubElement(case, "error", {"message": _clean(result.reason), "type": "inconclusive"})
        case Verdict.NOT_APPLICABLE:
            SubElement(case, "skipped", {"message": _clean(result.reason)})


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
