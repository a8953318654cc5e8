"""Clinics: the service."""
