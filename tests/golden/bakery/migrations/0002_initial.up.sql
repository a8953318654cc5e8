CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- cakes
-- --------------------
CREATE TABLE cakes (
    id               uuid                      NOT NULL DEFAULT uuidv7(),
    name             text COLLATE "pg_c_utf8"  NOT NULL,
    flavour          text COLLATE "pg_c_utf8"  NOT NULL,
    price            numeric(32, 2)            NOT NULL,
    stock            bigint                    NOT NULL,
    picture_file_id  uuid,
    version          bigint                    NOT NULL DEFAULT 1,
    created_at       timestamptz               NOT NULL DEFAULT now(),
    updated_at       timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT cakes_pkey PRIMARY KEY (id),
    CONSTRAINT cake_name_min CHECK (char_length(name) >= 1),
    CONSTRAINT cake_name_max CHECK (char_length(name) <= 80),
    CONSTRAINT cake_flavour_values CHECK (flavour IN ('chocolate', 'lemon', 'carrot')),
    CONSTRAINT cake_price_min CHECK (price >= 0.01),
    CONSTRAINT cake_price_max CHECK (price <= 999999999999999.99),
    CONSTRAINT cake_stock_min CHECK (stock >= 0),
    CONSTRAINT cake_stock_max CHECK (stock <= 9007199254740991),
    CONSTRAINT cakes_picture_file_id_fkey
        FOREIGN KEY (picture_file_id) REFERENCES files (id) ON DELETE RESTRICT
);

CREATE INDEX cakes_created_at_id_idx ON cakes (created_at, id);
CREATE INDEX cakes_picture_file_id_idx ON cakes (picture_file_id);
CREATE INDEX cakes_flavour_created_at_id_idx ON cakes (flavour, created_at, id);
CREATE INDEX cakes_search_idx ON cakes USING gin ((lower(name COLLATE "pg_c_utf8")) gin_trgm_ops);

-- orders
-- --------------------
CREATE TABLE orders (
    id           uuid                      NOT NULL DEFAULT uuidv7(),
    customer_id  uuid                      NOT NULL,
    pick_up_at   timestamptz               NOT NULL,
    note         text COLLATE "pg_c_utf8",
    total        numeric(32, 2)            NOT NULL DEFAULT 0,
    status       text COLLATE "pg_c_utf8"  NOT NULL DEFAULT 'cart',
    version      bigint                    NOT NULL DEFAULT 1,
    created_at   timestamptz               NOT NULL DEFAULT now(),
    updated_at   timestamptz               NOT NULL DEFAULT now(),

    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT order_pick_up_at_range
        CHECK (pick_up_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'),
    CONSTRAINT order_note_max CHECK (char_length(note) <= 500),
    CONSTRAINT order_total_range CHECK (total BETWEEN -999999999999999.99 AND 999999999999999.99),
    CONSTRAINT order_status CHECK (status IN ('cart', 'placed', 'ready', 'cancelled')),
    CONSTRAINT orders_customer_id_fkey
        FOREIGN KEY (customer_id) REFERENCES users (id) ON DELETE RESTRICT
);

CREATE INDEX orders_created_at_id_idx ON orders (created_at, id);
CREATE INDEX orders_customer_id_created_at_id_idx ON orders (customer_id, created_at, id);
CREATE INDEX orders_status_created_at_id_idx ON orders (status, created_at, id);

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

-- Rules and derived values that need code
-- ---------------------------------------

CREATE TRIGGER cakes_picture_file_id AFTER UPDATE OF picture_file_id OR DELETE ON cakes
    FOR EACH ROW
    EXECUTE FUNCTION drop_replaced_file('picture_file_id');
CREATE TRIGGER cakes_version BEFORE UPDATE ON cakes
    FOR EACH ROW
    WHEN (
        (OLD.name, OLD.flavour, OLD.price, OLD.stock, OLD.picture_file_id)
        IS DISTINCT FROM
        (NEW.name, NEW.flavour, NEW.price, NEW.stock, NEW.picture_file_id)
    )
    EXECUTE FUNCTION raise_version();

CREATE TRIGGER orders_version BEFORE UPDATE ON orders
    FOR EACH ROW
    WHEN (
        (OLD.customer_id, OLD.pick_up_at, OLD.note, OLD.total, OLD.status)
        IS DISTINCT FROM
        (NEW.customer_id, NEW.pick_up_at, NEW.note, NEW.total, NEW.status)
    )
    EXECUTE FUNCTION raise_version();

CREATE OR REPLACE FUNCTION order_lines_order_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.amount, OLD.order_id) IS NOT DISTINCT FROM (NEW.amount, NEW.order_id)
    THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.order_id = NEW.order_id THEN
        -- In one step, so that no total passes through a value that it never has.
        UPDATE orders SET
            total = orders.total - OLD.amount + NEW.amount
        WHERE id = NEW.order_id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM FROM orders
        WHERE id IN (OLD.order_id, NEW.order_id) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE orders SET
            total = orders.total - OLD.amount
        WHERE id = OLD.order_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE orders SET
            total = orders.total + NEW.amount
        WHERE id = NEW.order_id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION order_lines_order_sums() IS
    'Keeps orders.total right.';
CREATE TRIGGER order_lines_order_sums AFTER INSERT OR UPDATE OR DELETE ON order_lines
    FOR EACH ROW
    EXECUTE FUNCTION order_lines_order_sums();

CREATE TRIGGER order_lines_version BEFORE UPDATE ON order_lines
    FOR EACH ROW
    WHEN (
        (OLD.order_id, OLD.cake_id, OLD.quantity, OLD.unit_price)
        IS DISTINCT FROM
        (NEW.order_id, NEW.cake_id, NEW.quantity, NEW.unit_price)
    )
    EXECUTE FUNCTION raise_version();
