"""A report as JSON, as JUnit XML, and as one HTML page."""

from local_engine.verification.reports.as_html import to_html
from local_engine.verification.reports.as_json import SCHEMA, to_json
from local_engine.verification.reports.as_junit import to_junit

__all__ = ["SCHEMA", "to_html", "to_json", "to_junit"]
