"""The report “revenue”.

The sum of total over orders where status == 'ready', per day(pick_up_at).
"""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.core.access import authenticate, require_role, require_signed_in
from app.core.documents import JsonResponse
from app.core.openapi import details, problems
from app.core.services import database
from app.orders import access as orders
from app.rows.guards import require_row
from app.rows.periods import PERIOD_PARAMETERS, read_period

router = APIRouter(tags=["reports"])

REPORT = f"""
    SELECT json_build_object(
        'rows',
        coalesce(json_agg(json_build_object(
            'day', report.day,
            'value', round(report.value, 2)::text
        ) ORDER BY report.day), '[]')
    )::text
    FROM (
        SELECT
            (orders.pick_up_at AT TIME ZONE 'Europe/Berlin')::date AS day,
            coalesce(sum(orders.total), 0) AS value
        {orders.SOURCE}
        WHERE {orders.READABLE}
          AND orders.status = 'ready'
          AND (%(from)s::timestamptz IS NULL OR orders.pick_up_at >= %(from)s::timestamptz)
          AND (%(to)s::timestamptz IS NULL OR orders.pick_up_at < %(to)s::timestamptz)
        GROUP BY 1
    ) AS report
"""


class RevenueRow(BaseModel):
    """One row of the report revenue."""

    day: date
    value: str


class RevenueReport(BaseModel):
    """The report revenue."""

    rows: list[RevenueRow]


@router.get(
    "/reports/revenue",
    operation_id="report_revenue",
    summary="Report: revenue",
    response_model=RevenueReport,
    responses=problems(401, 403, 422),
    openapi_extra=details(parameters=PERIOD_PARAMETERS),
)
async def report_revenue(request: Request) -> Response:
    """The sum of total over orders where status == 'ready', per day(pick_up_at).

    `from` and `to` are about pick_up_at. For: baker.
    """
    actor = authenticate(request)
    require_signed_in(actor)
    require_role(actor, "baker")
    period = read_period(request.query_params, "Europe/Berlin")
    report = await require_row(database(request), REPORT, {**actor.parameters, **period})
    return JsonResponse(report[0])
