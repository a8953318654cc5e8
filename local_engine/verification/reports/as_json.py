"""A report as JSON; `report.schema.json` beside this file describes its form."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from local_engine.verification.checks import Evidence, Result, Verdict
from local_engine.verification.http import Exchange, Headers
from local_engine.verification.report import GroupReport, Report

SCHEMA: dict[str, Any] = json.loads(
    files("local_engine.verification.reports").joinpath("report.schema.json").read_text("utf-8")
)
"""The JSON Schema of a report."""

VERSION = 1
_LONGEST_BODY = 10_000


def to_json(report: Report) -> dict[str, Any]:
    """The report as a JSON object; bodies are cut at 10,000 characters."""
    return {
        "version": VERSION,
        "application": report.application,
        "seed": report.seed,
        "started_at": report.started_at,
        "seconds": round(report.seconds, 3),
        "verdict": report.verdict.value,
        "counts": _counts(report.counts),
        "groups": [_group(group) for group in report.groups],
        "findings": [
            {
                "root": finding.root,
                "sentence": finding.sentence,
                "checks": list(finding.checks),
                "evidence": _evidence(finding.evidence),
            }
            for finding in report.findings
        ],
        "matrix": _matrix(report),
    }


def _counts(counts: Mapping[Verdict, int]) -> dict[str, int]:
    return {verdict.value: number for verdict, number in counts.items()}


def _group(group: GroupReport) -> dict[str, Any]:
    return {
        "group": group.group,
        "title": group.title,
        "verdict": group.verdict.value,
        "seconds": round(group.seconds, 3),
        "counts": _counts(group.counts),
        "checks": [_result(result) for result in group.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "id": result.check,
        "sentence": result.sentence,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "seconds": round(result.seconds, 4),
        "requests": list(result.requests),
        "root": result.root,
        "evidence": _evidence(result.evidence) if result.evidence else None,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "expected": evidence.expected,
        "found": evidence.found,
        "exchanges": [_exchange(exchange) for exchange in evidence.exchanges],
        "curl": evidence.curl,
        "pytest": evidence.pytest,
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    return {
        "actor": request.actor.label,
        "method": request.method,
        "target": request.target.encode("utf-8", "replace").decode()[:_LONGEST_BODY],
        "request_headers": _headers(request.headers),
        "request_body": _body(request.body),
        "status": response.status,
        "response_headers": _headers(response.headers),
        "response_body": _body(response.body),
        "seconds": round(exchange.seconds, 4),
    }


def _headers(headers: Headers) -> list[list[str]]:
    return [[name, value] for name, value in headers]


def _body(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if len(text) <= _LONGEST_BODY:
        return text
    return f"{text[:_LONGEST_BODY]}... ({len(body)} bytes)"


def _matrix(report: Report) -> dict[str, Any]:
    return {
        "actors": list(report.actors),
        "operations": [
            {
                "operation": row.operation,
                "cells": {
                    actor: {
                        "check": result.check,
                        "expected": result.cell.expected if result.cell else "",
                        "verdict": result.verdict.value,
                    }
                    for actor, result in row.cells.items()
                },
            }
            for row in report.matrix
        ],
    }
