"""Composing a Blueprint from what was read: relations, patterns, rules, access."""
