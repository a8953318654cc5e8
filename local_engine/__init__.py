"""The local engine: what runs on the user's own machine.

It turns a prompt into a Blueprint, a Blueprint into a project, and runs and verifies that
project. The command line and a loopback API for the window offer the same services.
Arrows between the parts run one way; the contracts in ``pyproject.toml`` keep them so.
"""

__version__ = "0.1.0"
