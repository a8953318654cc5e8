"""What is checked of every answer while a group of checks runs, whatever they were after."""

from collections import Counter
from collections.abc import Iterator

from local_engine.verification.checks import Check, CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.expect import envelope_fault
from local_engine.verification.http import Exchange
from local_engine.verification.openapi import Document

SAMPLES = 4
_UNWRITTEN = "urn:problem-type:not-implemented"


class Watch:
    """Looks at the exchanges of one group; its checks tell what was seen.

    Answers are compared with the OpenAPI document (if there is one) for the first few of each
    operation and status, as the comparison costs more than the request.
    """

    def __init__(self, group: str, document: Document | None) -> None:
        self._group = group
        self._document = document
        self._seen: Counter[tuple[str, str, int]] = Counter()
        self._broken: dict[str, Exchange] = {}
        self._odd: dict[str, tuple[Exchange, str]] = {}

    def __call__(self, exchange: Exchange) -> None:
        """Look at one exchange."""
        document = self._document
        path, method = exchange.request.path, exchange.request.method
        template = (document.template(path) if document else None) or path
        operation = f"{method} {template}"
        if exchange.status >= 500 and path != "/ready" and not _is_unwritten(exchange):
            self._broken.setdefault(operation, exchange)
        self._seen[method, template, exchange.status] += 1
        if self._seen[method, template, exchange.status] > SAMPLES or document is None:
            return
        fault = document.fault(exchange)
        if not fault and exchange.status >= 400:
            fault = envelope_fault(exchange)
        if fault:
            self._odd.setdefault(f"{operation} {exchange.status}", (exchange, fault))

    def checks(self) -> Iterator[Check]:
        """The checks over what was seen, to be run at the end of the group."""
        yield Check(
            f"{self._group}.no_server_error",
            "No request of this group was answered with a server error.",
            self._no_server_error,
        )
        yield Check(
            f"{self._group}.as_described",
            "Every answer of this group is as OpenAPI describes it, errors in the one form.",
            self._as_described,
        )

    def _no_server_error(self, _: Context) -> None:
        for operation, exchange in self._broken.items():
            raise CheckFailed(
                "no status of 500 or more",
                f"{exchange.status} from {', '.join(self._broken)}",
                (exchange,),
                claim="answer.status_code < 500",
                root=f"server-error {operation}",
            )

    def _as_described(self, _: Context) -> None:
        for operation, (exchange, fault) in self._odd.items():
            others = f" (and {len(self._odd) - 1} more)" if len(self._odd) > 1 else ""
            raise CheckFailed(
                f"an answer as the OpenAPI document describes it for {operation}",
                fault + others,
                (exchange,),
                root=f"not-as-described {operation}",
            )


def _is_unwritten(exchange: Exchange) -> bool:
    """An extension point without a body says so; of what else says so, the model knows better."""
    problem = exchange.json
    kind = problem.get("type") if isinstance(problem, dict) else None
    return exchange.status == 501 and kind == _UNWRITTEN
