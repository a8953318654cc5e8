"""The pure heart: prompt → Blueprint → files.

``blueprint`` is the typed model, ``planner`` writes one from a prompt by rules, ``emit`` turns
one into the files of a project. Nothing in here opens a socket, starts a process or imports
another part of the engine.
"""
