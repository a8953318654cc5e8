"""Clears away what a killed owner of previews left: `python -m ... cleanup`.

The guard beside a service runs it after the service's owner has died, so that the database server
does not go on running for nobody.
"""

from __future__ import annotations

from local_engine.runtime.preview.registry import list_previews

if __name__ == "__main__":
    list_previews()
