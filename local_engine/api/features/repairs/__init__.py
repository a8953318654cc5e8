"""Repairs: their candidates, accepted or discarded."""
