"""Verification results of projects."""
