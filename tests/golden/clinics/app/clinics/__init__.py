"""Clinics."""
