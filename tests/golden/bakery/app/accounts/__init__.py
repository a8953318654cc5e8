"""Accounts: joining, signing in and out, roles, invitations."""

from .profile import Profile, Registration, User, UserUpdate
from .routers import accounts_routers

__all__ = ["Profile", "Registration", "User", "UserUpdate", "accounts_routers"]
