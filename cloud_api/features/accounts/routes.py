"""Accounts over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from cloud_api.access.callers import TheAccount, TheAccountIfAny, TheCaller
from cloud_api.features.accounts import service
from cloud_api.services import TheServices
from cloud_api.web.openapi import refusals
from local_engine.contracts import accounts as wire

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.post("/register", status_code=201, responses=refusals(429), operation_id="register")
async def register(
    services: TheServices, caller: TheCaller, given: wire.Registration
) -> wire.Registered:
    """Join. The answer is the same for an address that has an account: its owner gets a mail."""
    return await service.register(services, given.email, given.password, caller)


@router.get("/me", responses=refusals(401), operation_id="getMe")
async def get_me(account: TheAccount) -> wire.Me:
    """The account that is signed in."""
    return service.me(account)


@router.post(
    "/password/change", status_code=204, responses=refusals(401, 429), operation_id="changePassword"
)
async def change_password(
    services: TheServices, account: TheAccount, caller: TheCaller, given: wire.PasswordChange
) -> None:
    """Change the password. All other devices are signed out."""
    await service.change_password(
        services, account, caller, given.current_password, given.new_password
    )


@router.post(
    "/password/forgot", status_code=202, responses=refusals(429), operation_id="forgetPassword"
)
async def forget_password(
    services: TheServices, caller: TheCaller, given: wire.PasswordForgotten
) -> None:
    """Have a code mailed that sets the password anew; the same answer for unknown addresses."""
    await service.forget_password(services, given.email, caller)


@router.post(
    "/password/reset", status_code=204, responses=refusals(429), operation_id="resetPassword"
)
async def reset_password(
    services: TheServices, caller: TheCaller, given: wire.PasswordReset
) -> None:
    """Set the password anew with a mailed code. All devices are signed out."""
    await service.reset_password(services, given.code, given.new_password, caller)


@router.post(
    "/email/verify", status_code=204, responses=refusals(401, 429), operation_id="verifyEmail"
)
async def verify_email(
    services: TheServices,
    account: TheAccountIfAny,
    caller: TheCaller,
    given: wire.EmailVerification,
) -> None:
    """Show with a mailed code that the address is yours: signed in, or with the password."""
    await service.verify_email(services, account, caller, given.code, given.password)


@router.post(
    "/email/verification",
    status_code=202,
    responses=refusals(401, 429),
    operation_id="resendVerification",
)
async def resend_verification(
    services: TheServices, account: TheAccount, caller: TheCaller
) -> None:
    """Have another code mailed to the address."""
    await service.resend_verification(services, account, caller)


@router.post(
    "/account/deletion", status_code=204, responses=refusals(401, 429), operation_id="deleteAccount"
)
async def delete_account(
    services: TheServices, account: TheAccount, caller: TheCaller, given: wire.AccountDeletion
) -> None:
    """Delete the account with all that belongs to it, for good. It takes the password."""
    await service.delete_account(services, account, caller, given.password)


@router.get("/account/export", responses=refusals(401), operation_id="exportAccount")
async def export_account(
    services: TheServices, account: TheAccount, caller: TheCaller
) -> wire.AccountExport:
    """All that the service keeps about the account, but for what is secret."""
    return await service.export_account(services, account, caller)
