"""All kinds of jobs. A new one is a module beside this one, and its name in three places here."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from local_engine.jobs.kind import Kind
from local_engine.jobs.kinds import (
    deploy,
    export,
    generate,
    import_,
    plan,
    preview,
    push,
    repair,
    restore,
    verify,
)
from local_engine.jobs.kinds.deploy import DeployRequest, DeployResult
from local_engine.jobs.kinds.export import ExportRequest, ExportResult
from local_engine.jobs.kinds.generate import GenerateRequest, GenerateResult
from local_engine.jobs.kinds.import_ import ImportRequest, ImportResult
from local_engine.jobs.kinds.plan import PlanRequest, PlanResult
from local_engine.jobs.kinds.preview import PreviewRequest, PreviewResult
from local_engine.jobs.kinds.push import PushRequest, PushResult
from local_engine.jobs.kinds.repair import RepairRequest, RepairResult
from local_engine.jobs.kinds.restore import RestoreRequest, RestoreResult
from local_engine.jobs.kinds.verify import VerifyRequest, VerifyResult

Request = Annotated[
    PlanRequest
    | GenerateRequest
    | PreviewRequest
    | DeployRequest
    | VerifyRequest
    | ImportRequest
    | ExportRequest
    | PushRequest
    | RepairRequest
    | RestoreRequest,
    Field(discriminator="kind"),
]
Result = Annotated[
    PlanResult
    | GenerateResult
    | PreviewResult
    | DeployResult
    | VerifyResult
    | ImportResult
    | ExportResult
    | PushResult
    | RepairResult
    | RestoreResult,
    Field(discriminator="kind"),
]
KINDS: dict[str, Kind[Any]] = {
    module.KIND.name: module.KIND
    for module in (plan, generate, preview, deploy, verify, import_, export, push, repair, restore)
}
