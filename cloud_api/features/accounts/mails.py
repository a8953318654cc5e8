"""The texts of the mails: subject and body."""

from __future__ import annotations

from cloud_api.features.accounts.models import Purpose

_VERIFY = """Welcome to Backend Generator.

To show that this address is yours, enter this code in the app, signed in to the
account (it is good for three days):

{code}

If you did not join, ignore this mail: without you, the account is never taken for yours.
"""

_RESET = """Somebody, you we hope, asked to set your Backend Generator password anew.

Enter this code in the app, with a new password (it is good for one hour, and once):

{code}

If it was not you, ignore this mail: your password stays as it is.
"""

_TAKEN = """Somebody, you perhaps, tried to join Backend Generator with this address, which has an
account already. Nothing was changed.

Sign in with your password. If you have forgotten it, or have never
joined yourself, have it set anew in the app: that shows that the address is yours and signs out
whoever is signed in.
"""


def with_code(purpose: Purpose, code: str) -> tuple[str, str]:
    """The mail that brings a code."""
    if purpose is Purpose.VERIFY:
        return "Your address for Backend Generator", _VERIFY.format(code=code)
    return "Set your Backend Generator password anew", _RESET.format(code=code)


def taken() -> tuple[str, str]:
    """The mail to the owner of an address that somebody tried to join with."""
    return "You have a Backend Generator account", _TAKEN
