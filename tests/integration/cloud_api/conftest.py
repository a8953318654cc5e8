"""One migrated database as a template, and one cloud for all tests that need no other."""

from __future__ import annotations

from cloud_fixtures import cloud, cloud_template, new_cloud_database, person

__all__ = ["cloud", "cloud_template", "new_cloud_database", "person"]
