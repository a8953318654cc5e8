"""Keys and passwords: kept by the operating system, or encrypted, or in memory; never in clear."""

from local_engine.secrets.store import Secrets, SecretsRefused, SecretsState

__all__ = ["Secrets", "SecretsRefused", "SecretsState"]
