CREATE TABLE account (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email text NOT NULL UNIQUE,
    roles text[] NOT NULL
);
CREATE TABLE note (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    title text NOT NULL
);
