"""Passwords, tokens, keys from the platform's secret, and slowing down."""
