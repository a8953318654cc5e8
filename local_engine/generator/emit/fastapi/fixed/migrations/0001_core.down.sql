DROP TABLE files, idempotency_keys, rate_limits;
DROP TABLE auth_login_attempts, auth_invitations, auth_refresh_tokens, auth_sessions;
DROP TABLE users;
DROP FUNCTION drop_replaced_file();
DROP FUNCTION keep_an_admin();
DROP FUNCTION raise_version();
