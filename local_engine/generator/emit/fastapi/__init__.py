"""The emitter for FastAPI, psycopg and PostgreSQL."""
