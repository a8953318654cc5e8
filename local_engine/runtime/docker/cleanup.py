"""Takes back the deploys of killed processes: `python -m ... cleanup`, started by the engine."""

from __future__ import annotations

from local_engine.runtime.docker.sweeping import sweep

if __name__ == "__main__":
    sweep()
