"""Finds the Docker engine of this machine, or says why none can be used and what to do."""

from local_engine.runtime.docker.detecting.detection import Engine, Found, find_engine, look
from local_engine.runtime.docker.detecting.states import EngineState

__all__ = ["Engine", "EngineState", "Found", "find_engine", "look"]
