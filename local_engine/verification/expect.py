"""What checks say about answers: each function returns the exchange, or raises CheckFailed."""

from collections.abc import Sequence

from local_engine.verification.checks import CheckFailed, SetUpFailed
from local_engine.verification.http import Exchange

PROBLEM_TYPE = "application/problem+json"


def status_is(
    exchange: Exchange, *statuses: int, why: str = "", before: Sequence[Exchange] = ()
) -> Exchange:
    """The answer has one of these statuses; `before` are exchanges that the reader needs too."""
    if exchange.status in statuses:
        return exchange
    wanted = " or ".join(str(status) for status in statuses)
    raise CheckFailed(
        f"status {wanted}" + (f" ({why})" if why else ""),
        f"status {exchange.status}{_detail(exchange)}",
        (*before, exchange),
        claim=f"answer.status_code in {tuple(statuses)!r}",
    )


def problem(
    exchange: Exchange, *statuses: int, why: str = "", before: Sequence[Exchange] = ()
) -> Exchange:
    """The answer is a refusal with one of these statuses, in the one form that errors have."""
    status_is(exchange, *statuses, why=why, before=before)
    fault = envelope_fault(exchange)
    if fault:
        raise CheckFailed(
            f"a problem document ({PROBLEM_TYPE}) with type, title, status, detail, request_id",
            fault,
            (*before, exchange),
            claim=f"answer.headers['content-type'].startswith({PROBLEM_TYPE!r})",
            root=f"error-envelope {exchange.status}",
        )
    return exchange


def envelope_fault(exchange: Exchange) -> str:
    """What is wrong with the form of an error answer; empty when it is right."""
    content_type = exchange.header("content-type")
    if not content_type.startswith(PROBLEM_TYPE):
        return f"the content type {content_type or '(none)'}"
    document = exchange.json
    if not isinstance(document, dict):
        return "a body that is not a JSON object"
    absent = {"type", "title", "status", "detail", "request_id"} - document.keys()
    if absent:
        return f"a problem document without {', '.join(sorted(absent))}"
    if document["status"] != exchange.status:
        return f"`status` {document['status']} in the body of an answer with {exchange.status}"
    return ""


def names_field(exchange: Exchange, field: str, *, before: Sequence[Exchange] = ()) -> Exchange:
    """The answer is 422 and one of its `errors` points to the field (or into it)."""
    problem(exchange, 422, before=before)
    if any(pointer.split("/")[1:2] == [field] for pointer in pointers(exchange)):
        return exchange
    raise CheckFailed(
        f"422 with an error whose pointer is /{field}",
        f"422 with pointers {pointers(exchange)}",
        (*before, exchange),
        claim=f"any(e['pointer'].startswith('/{field}') for e in answer.json()['errors'])",
    )


def pointers(exchange: Exchange) -> list[str]:
    """The pointers of a problem's `errors`."""
    document = exchange.json
    errors = document.get("errors") if isinstance(document, dict) else None
    if not isinstance(errors, list):
        return []
    return [str(error.get("pointer", "")) for error in errors if isinstance(error, dict)]


def holds(
    condition: bool,
    expected: str,
    found: str,
    *exchanges: Exchange,
    claim: str = "",
    root: str = "",
) -> None:
    """The condition is true; otherwise the check fails with these words."""
    if not condition:
        raise CheckFailed(expected, found, exchanges, claim=claim, root=root)


def set_up(exchange: Exchange, *statuses: int) -> Exchange:
    """A step that prepares a check went well; otherwise the check is inconclusive."""
    if exchange.status in statuses:
        return exchange
    raise SetUpFailed(f"set-up step {exchange}{_detail(exchange)}", (exchange,))


def _detail(exchange: Exchange) -> str:
    document = exchange.json
    if isinstance(document, dict) and document.get("detail"):
        return f": {str(document['detail'])[:300]}"
    return ""
