-- Keys of model providers, one an account and provider, encrypted (see security/vault.py).

CREATE TABLE llm_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider text NOT NULL,
    version smallint NOT NULL,
    kek_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    ciphertext bytea NOT NULL,
    last_four text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    tested_at timestamptz,
    works boolean,
    CONSTRAINT llm_keys_user_provider_key UNIQUE (user_id, provider),
    CONSTRAINT llm_keys_provider CHECK (provider IN ('gemini', 'groq', 'openai'))
);
CREATE INDEX llm_keys_kek_id_idx ON llm_keys (kek_id);
COMMENT ON COLUMN llm_keys.kek_id IS
    'Which key wraps the data key; after a change of the platform''s secret: rewrap-keys.';
