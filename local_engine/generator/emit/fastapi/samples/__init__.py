"""Samples: values, bodies and whole rows that a Blueprint allows, for examples, tests and demos."""
