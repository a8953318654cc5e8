"""Whether this machine has what is needed."""

from __future__ import annotations

from fastapi import APIRouter

from local_engine.api.features.doctor import service
from local_engine.api.features.doctor.schemas import Examination

router = APIRouter(prefix="/doctor", tags=["doctor"])


@router.get("", operation_id="examineMachine")
def examine_machine() -> Examination:
    """Look at Python, folders, space, PostgreSQL and Docker, and say what to do."""
    return service.examine()
