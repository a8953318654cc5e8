"""Sessions over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from cloud_api.access.callers import TheAccount, TheCaller
from cloud_api.features.sessions import service
from cloud_api.features.sessions.forms import LOGIN_BODY, LoginForm, read_login_form
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import accounts as wire

router = APIRouter(prefix="/auth", tags=["sessions"])

TheForm = Annotated[LoginForm, Depends(read_login_form)]


@router.post(
    "/login",
    responses=refusals(401, 415, 429),
    openapi_extra=LOGIN_BODY,
    operation_id="login",
)
async def login(
    services: TheServices, caller: TheCaller, form: TheForm, response: Response
) -> wire.Tokens:
    """Sign in with e-mail address (as `username`) and password, as a form."""
    response.headers["cache-control"] = "no-store"
    return await service.login(services, form, caller)


@router.post("/refresh", responses=refusals(401), operation_id="refresh")
async def refresh(
    services: TheServices, caller: TheCaller, given: wire.Refresh, response: Response
) -> wire.Tokens:
    """Renew a session. The token is spent; one that was spent before ends the session for all.

    Within 30 seconds a spent token gives the same answer again, should that have been lost.
    """
    response.headers["cache-control"] = "no-store"
    return await service.refresh(services, given.refresh_token, caller)


@router.post("/logout", status_code=204, operation_id="logout")
async def logout(services: TheServices, caller: TheCaller, given: wire.Refresh) -> None:
    """Sign out this device: end the session that the refresh token belongs to."""
    await service.logout(services, given.refresh_token, caller)


@router.post(
    "/logout-everywhere", status_code=204, responses=refusals(401), operation_id="logoutEverywhere"
)
async def logout_everywhere(services: TheServices, account: TheAccount, caller: TheCaller) -> None:
    """Sign out all devices, this one too."""
    await service.logout_everywhere(services, account, caller)


@router.get("/devices", responses=refusals(401), operation_id="listDevices")
async def list_devices(services: TheServices, account: TheAccount) -> wire.Devices:
    """The devices that are signed in, the one used last first."""
    return await service.devices(services, account)


@router.delete(
    "/devices/{device}",
    status_code=204,
    responses=refusals(401, 404),
    operation_id="revokeDevice",
)
async def revoke_device(
    services: TheServices, account: TheAccount, caller: TheCaller, device: UUID
) -> None:
    """Sign out one device."""
    await service.revoke(services, account, device, caller)
