"""Shares of projects: by e-mail address, or by link."""
