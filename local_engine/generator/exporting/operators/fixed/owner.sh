# PostgreSQL's image runs this once, when the database is made: a role for the service, which owns
# its own database and nothing else. psql reads the password from its file by itself; where a
# statement fails, PostgreSQL would write it into its log.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\set password `cat /run/secrets/database_password`
SET log_min_error_statement = panic;
CREATE ROLE app LOGIN PASSWORD :'password';
CREATE DATABASE app OWNER app;
REVOKE CONNECT, TEMPORARY ON DATABASE app, postgres, template1 FROM PUBLIC;
SQL
