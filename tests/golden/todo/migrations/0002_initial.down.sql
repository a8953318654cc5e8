ALTER TABLE todos
    DROP CONSTRAINT todos_owner_id_fkey;

DROP TABLE todos;
