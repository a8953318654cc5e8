"""Accounts of this project: roles, how people join, and fields of their own."""

from app.accounts.profile import Profile

PROFILE = Profile(sign_up="open")
