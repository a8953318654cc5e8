"""The kinds of jobs. A new one is a module here, and its name in the three places below."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from local_engine.jobs.kind import Kind
from local_engine.jobs.kinds import generate, plan, preview, verify
from local_engine.jobs.kinds.generate import GenerateRequest, GenerateResult
from local_engine.jobs.kinds.plan import PlanRequest, PlanResult
from local_engine.jobs.kinds.preview import PreviewRequest, PreviewResult
from local_engine.jobs.kinds.verify import VerifyRequest, VerifyResult

Request = Annotated[
    PlanRequest | GenerateRequest | PreviewRequest | VerifyRequest, Field(discriminator="kind")
]
Result = Annotated[
    PlanResult | GenerateResult | PreviewResult | VerifyResult, Field(discriminator="kind")
]
KINDS: dict[str, Kind[Any]] = {
    kind.name: kind for kind in (plan.KIND, generate.KIND, preview.KIND, verify.KIND)
}
