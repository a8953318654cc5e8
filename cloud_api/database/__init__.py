"""PostgreSQL: the pool, transactions, and the migrations of the schema."""
