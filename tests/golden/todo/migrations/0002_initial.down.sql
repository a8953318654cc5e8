ALTER TABLE todos
    DROP CONSTRAINT todos_owner_id_fkey;

DROP TABLE todos;

DROP FUNCTION checked_count(bigint, bigint);
DROP FUNCTION round_half_even(numeric, integer);
DROP FUNCTION floor_modulo(numeric, numeric);
DROP FUNCTION floor_divide(numeric, numeric);
DROP FUNCTION divide_half_even(numeric, numeric);
