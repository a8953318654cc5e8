"""Clears away what killed owners of previews and verifications left: `python -m ... cleanup`.

The guard beside a service runs it after the service's owner has died, so that the database server
does not go on running for nobody; the engine does when it finds traces of an earlier one.
"""

from __future__ import annotations

from local_engine.runtime.preview.registry import list_previews
from local_engine.runtime.preview.verification import clear_verification_leftovers

if __name__ == "__main__":
    list_previews()
    clear_verification_leftovers()
