"""A report as one HTML page that needs nothing else: no script, no font, no network."""

from importlib.resources import files

from local_engine.verification.checks import Evidence, Result, Verdict
from local_engine.verification.http import Exchange, Headers
from local_engine.verification.report import Finding, GroupReport, Report
from local_engine.verification.reports.markup import Markup, element, join

_STYLE = files("local_engine.verification.reports").joinpath("report.css").read_text("utf-8")
_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_APPLICABLE: "not applicable",
}
_SIGNS = {
    Verdict.PASSED: "✓",
    Verdict.FAILED: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "–",
}
_LONGEST = 6_000


def to_html(report: Report) -> str:
    """The page."""
    title = f"{report.application}: {_WORDS[report.verdict]}"
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width">'),
        element("title", title),
        element("style", Markup(_STYLE)),
    )
    body = element(
        "body",
        _header(report),
        element("main", _findings(report), _matrix(report), _groups(report)),
        element("footer", f"Started {report.started_at}, seed {report.seed}."),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(report: Report) -> Markup:
    total = sum(report.counts.values()) or 1
    bar = join(
        *(
            element("i", class_=verdict.value, style=f"width:{number * 100 / total:.2f}%")
            for verdict, number in report.counts.items()
            if number
        )
    )
    counts = join(
        *(
            element("li", element("b", str(number)), f" {_WORDS[verdict]}", class_=verdict.value)
            for verdict, number in report.counts.items()
        )
    )
    return element(
        "header",
        element("h1", report.application),
        element("p", _WORDS[report.verdict], class_=f"verdict {report.verdict.value}"),
        element("p", f"{len(report.results)} checks in {report.seconds:.1f} s"),
        element("div", bar, class_="bar"),
        element("ul", counts, class_="counts"),
    )


def _findings(report: Report) -> Markup:
    if not report.findings:
        return Markup("")
    cards = join(*(_finding(finding) for finding in report.findings))
    return element("section", element("h2", "What failed"), cards)


def _finding(finding: Finding) -> Markup:
    first, *others = finding.checks
    also = [element("p", f"The same cause: {', '.join(others)}", class_="also")] if others else []
    return element(
        "article",
        element("h3", finding.sentence),
        element("code", first, class_="id"),
        *also,
        _evidence(finding.evidence),
        class_="finding",
    )


def _evidence(evidence: Evidence) -> Markup:
    parts = [
        element(
            "dl",
            element("dt", "Expected"),
            element("dd", evidence.expected),
            element("dt", "Found"),
            element("dd", evidence.found),
        )
    ]
    if evidence.exchanges:
        exchanges = join(*(_exchange(exchange) for exchange in evidence.exchanges))
        parts.append(_foldable("Requests and answers", exchanges))
    if evidence.curl:
        parts.append(_foldable("Show it again: shell", element("pre", evidence.curl)))
    if evidence.pytest:
        parts.append(_foldable("Show it again: pytest", element("pre", evidence.pytest)))
    return join(*parts)


def _foldable(title: str, content: Markup, *, opened: bool = False) -> Markup:
    return element("details", element("summary", title), content, open=opened)


def _exchange(exchange: Exchange) -> Markup:
    request, response = exchange.request, exchange.response
    asked = f"{request.method} {request.target}\n{_message(request.headers, request.body)}"
    answered = f"{response.status}\n{_message(response.headers, response.body)}"
    return element(
        "div",
        element("p", f"{request.actor.label}, {exchange.seconds * 1000:.0f} ms", class_="who"),
        element("pre", asked[:_LONGEST]),
        element("pre", answered[:_LONGEST], class_=f"answer s{response.status // 100}"),
        class_="exchange",
    )


def _message(headers: Headers, body: bytes) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in headers)
    return f"{lines}\n{body.decode('utf-8', 'replace')}"


def _matrix(report: Report) -> Markup:
    if not report.matrix:
        return Markup("")
    head = element("tr", element("th", "Operation"), *(element("th", a) for a in report.actors))
    rows = [
        element(
            "tr",
            element("th", row.operation, scope="row"),
            *(_cell(row.cells.get(actor)) for actor in report.actors),
        )
        for row in report.matrix
    ]
    table = element("table", element("thead", head), element("tbody", *rows), class_="matrix")
    legend = element(
        "p",
        "Each cell says what the Blueprint expects; its colour, whether it was found so.",
        class_="legend",
    )
    return element(
        "section",
        element("h2", "Who may do what"),
        legend,
        element("div", table, class_="wide"),
    )


def _cell(result: Result | None) -> Markup:
    if result is None or result.cell is None:
        return element("td", "")
    sign = _SIGNS[result.verdict]
    title = f"{result.check}: {_WORDS[result.verdict]}"
    allowed = " allowed" if result.cell.expected.startswith("2") else ""
    return element(
        "td", f"{sign} {result.cell.expected}", title=title, class_=result.verdict.value + allowed
    )


def _groups(report: Report) -> Markup:
    groups = join(*(_group(group) for group in report.groups))
    return element("section", element("h2", "All checks"), groups)


def _group(group: GroupReport) -> Markup:
    counts = ", ".join(
        f"{number} {_WORDS[verdict]}" for verdict, number in group.counts.items() if number
    )
    summary = element(
        "summary",
        element("span", _SIGNS[group.verdict], class_=f"sign {group.verdict.value}"),
        element("b", group.group),
        f" {group.title} ",
        element("small", f"{counts}; {group.seconds:.1f} s"),
    )
    rows = join(*(_check(result) for result in group.results))
    opened = group.verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE)
    table = element("table", rows, class_="checks")
    return element("details", summary, table, class_="group", open=opened)


def _check(result: Result) -> Markup:
    text = [element("div", result.sentence), element("code", result.check, class_="id")]
    if result.reason:
        text.append(element("p", result.reason, class_="reason"))
    if result.requests:
        lines = element("pre", "\n".join(result.requests))
        text.append(_foldable(f"{len(result.requests)} requests", lines))
    return element(
        "tr",
        element("td", _SIGNS[result.verdict], class_=f"sign {result.verdict.value}"),
        element("td", *text),
        element("td", f"{result.seconds * 1000:.0f} ms", class_="time"),
    )
