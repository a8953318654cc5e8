"""Blueprints that tests of the Blueprint language break and compare."""
