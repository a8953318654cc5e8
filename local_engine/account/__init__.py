"""The user's account in the cloud, as the engine sees it: signed in or not, over HTTP only.

Nothing here is needed for work on this machine: without a cloud, only this part says so.
"""

from local_engine.account.account import Account
from local_engine.account.address import cloud_address
from local_engine.account.errors import CloudError, SignedOut

__all__ = ["Account", "CloudError", "SignedOut", "cloud_address"]
