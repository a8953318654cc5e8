-- order_lines
-- --------------------
CREATE TABLE order_lines (
    id          uuid            NOT NULL DEFAULT uuidv7(),
    order_id    uuid            NOT NULL,
    cake_id     uuid            NOT NULL,
    quantity    bigint          NOT NULL,
    unit_price  numeric(32, 2)  NOT NULL,
    amount      numeric(32, 2)  NOT NULL GENERATED ALWAYS AS (quantity * unit_price) STORED,
    version     bigint          NOT NULL DEFAULT 1,
    created_at  timestamptz     NOT NULL DEFAULT now(),
    updated_at  timestamptz     NOT NULL DEFAULT now(),

    CONSTRAINT order_lines_pkey PRIMARY KEY (id),
    CONSTRAINT order_line_quantity_min CHECK (quantity >= 1),
    CONSTRAINT order_line_quantity_max CHECK (quantity <= 50),
    CONSTRAINT order_line_unit_price_min CHECK (unit_price >= 0.01),
    CONSTRAINT order_line_unit_price_max CHECK (unit_price <= 999999999999999.99),
    CONSTRAINT order_line_amount_range
        CHECK (amount BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT order_line_unique UNIQUE (order_id, cake_id),
    CONSTRAINT order_lines_order_id_fkey
        FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_lines_cake_id_fkey
        FOREIGN KEY (cake_id) REFERENCES cakes (id) ON DELETE RESTRICT
);

CREATE INDEX order_lines_order_id_created_at_id_idx ON order_lines (order_id, created_at, id);
CREATE INDEX order_lines_cake_id_created_at_id_idx ON order_lines (cake_id, created_at, id);

