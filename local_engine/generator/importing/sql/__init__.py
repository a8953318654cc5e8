"""SQL DDL of PostgreSQL, MySQL and SQLite as tables, keys and conditions."""
