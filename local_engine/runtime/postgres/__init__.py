"""A private PostgreSQL 18 server, from binaries that come as a Python package.

Nothing outside of this package knows where the binaries come from. Everything goes through
`PostgresServer`; `temporary_server` gives one that leaves nothing behind.
"""

from local_engine.runtime.postgres.databases import Database
from local_engine.runtime.postgres.server import PostgresError, PostgresServer
from local_engine.runtime.postgres.temporary import kept, temporary_server

__all__ = ["Database", "PostgresError", "PostgresServer", "kept", "temporary_server"]
