"""Bounded repair of a project that fails its verification; docs/repair.md explains it.

Every candidate runs in a copy, and is kept only where more passes than before and nothing less.
"""
