DROP TABLE cards;
DROP FUNCTION cards_at_most();
DROP TABLE boards;
DROP EXTENSION pg_trgm;
ALTER TABLE users DROP COLUMN display_name;
