"""Tables of three dialects become Blueprints; every part of a source is accounted for."""

from __future__ import annotations

from typing import Any

import pytest

from local_engine.generator.blueprint.model.relation import Links, ToOne
from local_engine.generator.importing import Import, Outcome, import_sql

DUMP = r"""
SET statement_timeout = 0;
CREATE TYPE public.order_state AS ENUM ('new', 'in progress', 'done');
CREATE DOMAIN public.count_t AS integer CONSTRAINT positive CHECK ((VALUE > 0));
CREATE FUNCTION public.audit() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO log VALUES ('a;b'); RETURN NEW; END $$;
CREATE TABLE public.users (
    id bigint NOT NULL,
    email public.citext NOT NULL,
    password_hash character varying(255) NOT NULL,
    full_name character varying(120),
    role text DEFAULT 'customer'::text NOT NULL,
    manager_id bigint,
    created_at timestamp without time zone DEFAULT now(),
    CONSTRAINT users_role CHECK ((role = ANY (ARRAY['customer'::text, 'clerk'::text])))
);
CREATE TABLE public.products (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name character varying(80) NOT NULL,
    "class" text,
    price numeric(10,2) NOT NULL CHECK (price > 0),
    weight double precision,
    stock public.count_t NOT NULL,
    tags text[] DEFAULT '{}'::text[],
    search tsvector,
    CONSTRAINT products_pkey PRIMARY KEY (id)
);
CREATE TABLE public.categories (
    id bigserial PRIMARY KEY, name varchar(50) NOT NULL UNIQUE,
    parent_id bigint REFERENCES public.categories(id) ON DELETE SET NULL
);
CREATE TABLE public.product_categories (
    product_id bigint REFERENCES products(id) ON DELETE CASCADE,
    category_id bigint REFERENCES categories(id), PRIMARY KEY (product_id, category_id)
);
CREATE TABLE public.orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    state public.order_state DEFAULT 'in progress'::public.order_state NOT NULL,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    ship_by date DEFAULT (CURRENT_DATE + '3 days'::interval),
    starts date, ends date,
    note text,
    CONSTRAINT chk CHECK ((ends > starts)),
    CONSTRAINT odd EXCLUDE USING gist (customer_id WITH <>)
);
CREATE TABLE public.order_items (
    id bigint NOT NULL, order_id bigint NOT NULL, product_id bigint NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(10,2) NOT NULL,
    amount numeric(12,2) GENERATED ALWAYS AS (((quantity)::numeric * unit_price)) STORED,
    CONSTRAINT q CHECK (((quantity >= 1) AND (quantity <= 100)))
);
COPY public.products (id, name) FROM stdin;
1	it's; a "trap'
\.
COMMENT ON COLUMN public.orders.note IS 'For the courier';
COMMENT ON TABLE public.orders IS 'What people buy';
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_email UNIQUE (email);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_m FOREIGN KEY (manager_id)
    REFERENCES public.users(id);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.order_items ADD CONSTRAINT items_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_fk FOREIGN KEY (customer_id)
    REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.order_items ADD CONSTRAINT oi1 FOREIGN KEY (order_id)
    REFERENCES public.orders(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.order_items ADD CONSTRAINT oi2 FOREIGN KEY (product_id)
    REFERENCES public.products(id) ON DELETE RESTRICT;
CREATE UNIQUE INDEX u ON public.order_items USING btree (order_id, product_id);
CREATE INDEX i ON public.orders USING btree (placed_at);
CREATE TRIGGER t AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.audit();
CREATE VIEW public.v AS SELECT 1;
CREATE POLICY mine ON public.orders USING (true);
GRANT ALL ON TABLE public.orders TO app;
ALTER TABLE public.orders OWNER TO app;
INSERT INTO public.orders VALUES (1); INSERT INTO public.orders VALUES (2);
"""

EXPECTED = """\
blueprint: 1
name: Shop
accounts: {roles: [customer, clerk], default_role: customer}
entities:
  Product:
    fields:
      name: {type: string, max: 80}
      product_class: {type: text, optional: true}
      price: {type: money, min: 0.01}
      weight: {type: decimal, places: 6, optional: true}
      stock: {type: integer, min: 1}
      tags: {type: list, optional: true, default: []}
    relations:
      categories: {links: Category}
    access: {list: authenticated, read: authenticated, create: admin, update: admin, delete: admin}
  Category:
    fields:
      name: {type: string, max: 50, unique: true}
    relations:
      parent: {to: Category, optional: true, on_delete: set null}
    access: {list: authenticated, read: authenticated, create: admin, update: admin, delete: admin}
  Order:
    description: What people buy
    owner: customer
    fields:
      state: {type: enum, values: [new, in_progress, done], default: in_progress}
      placed_at: {type: datetime, default: now(), filter: true, sort: true}
      ship_by: {type: date, optional: true, default: today() + days(3)}
      starts: {type: date, optional: true}
      ends: {type: date, optional: true}
      note: {type: text, optional: true, description: For the courier}
    relations:
      customer: {to: User}
    rules:
      - {check: ends is None or starts is None or (ends > starts)}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
  OrderItem:
    part_of: order
    fields:
      quantity: {type: integer, min: 1, max: 100}
      unit_price: money
      amount: {type: money, computed: quantity * unit_price}
    relations:
      order: {to: Order}
      product: {to: Product}
    rules:
      - {unique: [order, product]}
  User:
    fields:
      full_name: {type: string, optional: true, max: 120}
"""

LEFT_OUT = [
    "CREATE FUNCTION public.audit",
    "CREATE TRIGGER t",
    "CREATE VIEW public.v",
    "CREATE POLICY mine",
    "GRANT ALL",
    "1 × COPY",
    "2 × INSERT",
    "orders: EXCLUDE",
    "users.password_hash",
    "users.manager_id",
    "products.search",
    "orders.customer_id: ON DELETE CASCADE",
]


def test_a_dump_of_postgresql_becomes_a_blueprint() -> None:
    assert import_sql(DUMP, name="Shop").text == EXPECTED


@pytest.mark.parametrize("source", LEFT_OUT)
def test_what_is_not_carried_over_is_said(source: str) -> None:
    notes = import_sql(DUMP).with_outcome(Outcome.LEFT_OUT)
    assert [note.text for note in notes if note.source.startswith(source)], source


def test_nothing_else_is_left_out() -> None:
    sources = [note.source for note in import_sql(DUMP).with_outcome(Outcome.LEFT_OUT)]
    assert len(sources) == len(LEFT_OUT), sources


def test_every_column_is_accounted_for() -> None:
    sources = {note.source for note in import_sql(DUMP).notes}
    for table, columns in {
        "users": "id email password_hash full_name role manager_id created_at",
        "products": "id name class price weight stock tags search",
        "categories": "id name parent_id",
        "product_categories": "product_id category_id",
        "orders": "id customer_id state placed_at ship_by starts ends note",
        "order_items": "id order_id product_id quantity unit_price amount",
    }.items():
        assert {f"{table}.{column}" for column in columns.split()} <= sources


def test_access_is_a_question() -> None:
    asked = import_sql(DUMP).with_outcome(Outcome.QUESTION)
    assert {note.path for note in asked} == {
        "entities.Product.access", "entities.Category.access", "entities.Order.access"
    }  # fmt: skip


def fields(imported: Import, entity: str = "Thing") -> dict[str, Any]:
    return {
        name: field.plain() for name, field in imported.blueprint.entities[entity].fields.items()
    }


TEXT_OF_TWO = {"type": "text", "pattern": "[A-Z]{2}"}
ONE_TO_FIVE = {"type": "integer", "min": 1, "max": 5}
AT_ONCE = {"type": "datetime", "default": "now()"}
COLUMNS: list[tuple[str, str, Any]] = [
    ("postgres", "a varchar(40) NOT NULL", {"type": "string", "max": 40}),
    ("postgres", "a varchar(5000) NOT NULL", {"type": "text", "max": 5000}),
    ("postgres", "a text NOT NULL", "text"),
    ("postgres", "title text NOT NULL", "string"),
    ("postgres", "a char(2) NOT NULL", {"type": "string", "max": 2}),
    ("postgres", "a numeric(8,3) NOT NULL", {"type": "decimal", "places": 3}),
    ("postgres", "a numeric(8,2) NOT NULL", {"type": "decimal", "places": 2}),
    ("postgres", "price numeric(8,2) NOT NULL", "money"),
    ("postgres", "a numeric(8) NOT NULL", "integer"),
    ("postgres", "a numeric NOT NULL", "decimal"),
    ("postgres", "a money NOT NULL", "money"),
    ("postgres", "a boolean NOT NULL DEFAULT false", {"type": "boolean", "default": False}),
    ("postgres", "a interval NOT NULL", "duration"),
    ("postgres", "a jsonb NOT NULL", "json"),
    ("postgres", "a uuid NOT NULL", "uuid"),
    ("postgres", "a time NOT NULL", "time"),
    ("postgres", "a integer[] NOT NULL", {"type": "list", "of": "integer"}),
    ("postgres", "a bytea", "file"),
    ("postgres", "email text NOT NULL", "email"),
    ("postgres", "homepage_url text NOT NULL", "url"),
    ("postgres", "a text NOT NULL CHECK (length(a) <= 100)", {"type": "string", "max": 100}),
    ("postgres", "a text NOT NULL CHECK (a ~ '^[A-Z]{2}$')", TEXT_OF_TWO),
    ("postgres", "a text NOT NULL CHECK (a IN ('x', 'y'))", {"type": "enum", "values": ["x", "y"]}),
    ("postgres", "a int NOT NULL CHECK (a IN (1, 2))", {"type": "integer", "in": [1, 2]}),
    ("postgres", "a int NOT NULL CHECK (a <> 0)", {"type": "integer", "nonzero": True}),
    ("postgres", "a int NOT NULL CHECK (a BETWEEN 1 AND 5)", ONE_TO_FIVE),
    ("postgres", "a int NOT NULL CHECK (5 >= a)", {"type": "integer", "max": 5}),
    ("postgres", "a date NOT NULL DEFAULT CURRENT_DATE", {"type": "date", "default": "today()"}),
    ("mysql", "`a` tinyint(1) NOT NULL DEFAULT '1'", {"type": "boolean", "default": True}),
    ("mysql", "`a` int(11) unsigned NOT NULL", {"type": "integer", "min": 0}),
    ("mysql", "`a` enum('x','y z') NOT NULL", {"type": "enum", "values": ["x", "y_z"]}),
    ("mysql", "`a` longtext NOT NULL", "text"),
    ("mysql", "`a` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP", AT_ONCE),
    ("mysql", "`a` int NOT NULL COMMENT 'few'", {"type": "integer", "description": "few"}),
    ("mysql", "`a` year NOT NULL", {"type": "integer", "min": 1901, "max": 2155}),
    ("sqlite", "a", {"type": "text", "optional": True}),
    ("sqlite", "a INTEGER NOT NULL DEFAULT 3", {"type": "integer", "default": 3}),
    ("sqlite", "a DATETIME NOT NULL DEFAULT (datetime('now'))", AT_ONCE),
    ("sqlite", "a VARCHAR(10) NOT NULL COLLATE NOCASE", {"type": "string", "max": 10}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "column", "expected"), COLUMNS)
def test_a_column_becomes_a_field(dialect: str, column: str, expected: object) -> None:
    imported = import_sql(f"CREATE TABLE things (id int PRIMARY KEY, {column});", dialect=dialect)
    assert list(fields(imported).values()) == [expected]


def test_mysql_keys_and_comments_are_read() -> None:
    imported = import_sql(
        """
        /*!40101 SET NAMES utf8mb4 */;
        CREATE TABLE `orders` (`id` int NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;
        CREATE TABLE `order_lines` (
          `id` int(11) NOT NULL AUTO_INCREMENT,
          `order_id` int NOT NULL,
          `sku` varchar(20) NOT NULL,
          PRIMARY KEY (`id`),
          UNIQUE KEY `both` (`order_id`,`sku`),
          KEY `k` (`sku`),
          CONSTRAINT `fk` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON DELETE CASCADE
        ) ENGINE=InnoDB COMMENT='what is ordered';
        DELIMITER ;;
        /*!50003 CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW
        BEGIN SET NEW.id = 1; SET NEW.id = 2; END */;;
        DELIMITER ;
        """,
        dialect="mysql",
    )
    line = imported.blueprint.entities["OrderLine"]
    assert line.description == "what is ordered"
    assert line.part_of == "order"
    assert [rule.plain() for rule in line.rules] == [{"unique": ["order", "sku"]}]
    assert [note.source[:14] for note in imported.with_outcome(Outcome.LEFT_OUT)] == [
        "CREATE TRIGGER"
    ]


def test_one_element_that_is_not_sql_hides_no_other() -> None:
    imported = import_sql(
        """CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL UNIQUE ON CONFLICT IGNORE,
        b TEXT, CHECK (b <> 'x(,') ) STRICT;""",
        dialect="sqlite",
    )
    assert list(fields(imported, "T")) == ["b"]
    left = imported.with_outcome(Outcome.LEFT_OUT)
    assert any("ON CONFLICT IGNORE" in note.source for note in left)


def test_a_pair_with_own_fields_is_an_entity() -> None:
    imported = import_sql(
        """CREATE TABLE students (id int PRIMARY KEY); CREATE TABLE courses (id int PRIMARY KEY);
        CREATE TABLE enrolments (student_id int REFERENCES students, grade int NOT NULL,
            course_id int REFERENCES courses, PRIMARY KEY (student_id, course_id));"""
    )
    enrolment = imported.blueprint.entities["Enrolment"]
    assert all(isinstance(relation, ToOne) for relation in enrolment.relations.values())
    assert [rule.plain() for rule in enrolment.rules] == [{"unique": ["student", "course"]}]


def test_a_plain_pair_is_links() -> None:
    imported = import_sql(
        """CREATE TABLE posts (id int PRIMARY KEY); CREATE TABLE tags (id int PRIMARY KEY);
        CREATE TABLE post_tags (post_id int NOT NULL REFERENCES posts,
            tag_id int NOT NULL REFERENCES tags, UNIQUE (post_id, tag_id));"""
    )
    assert imported.blueprint.entities["Post"].relations == {"tags": Links(links="Tag")}
    assert "PostTag" not in imported.blueprint.entities


def test_rows_below_an_owned_row_belong_to_its_owner() -> None:
    imported = import_sql(
        """CREATE TABLE users (id int PRIMARY KEY, email text, password text);
        CREATE TABLE accounts (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users);
        CREATE TABLE entries (id int PRIMARY KEY, account_id int NOT NULL REFERENCES accounts);"""
    )
    assert imported.blueprint.entities["Account"].owner == "user"
    assert imported.blueprint.entities["Entry"].access.read == ["account.owner"]


def test_one_to_one_and_natural_keys() -> None:
    imported = import_sql(
        """CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
        CREATE TABLE people (
            id serial PRIMARY KEY, country_code char(2) REFERENCES countries(code));
        CREATE TABLE profiles (person_id int PRIMARY KEY REFERENCES people(id), bio text);"""
    )
    assert fields(imported, "Country")["code"] == {"type": "string", "max": 2, "unique": True}
    person, profile = imported.blueprint.entities["Person"], imported.blueprint.entities["Profile"]
    assert person.relations["country"].plain() == {"to": "Country", "optional": True}
    assert profile.relations["person"].plain() == {"to": "Person", "unique": True}
