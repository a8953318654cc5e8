ALTER TABLE cakes
    DROP CONSTRAINT cakes_picture_file_id_fkey;
ALTER TABLE orders
    DROP CONSTRAINT orders_customer_id_fkey;
ALTER TABLE order_lines
    DROP CONSTRAINT order_lines_order_id_fkey;
ALTER TABLE order_lines
    DROP CONSTRAINT order_lines_cake_id_fkey;

DELETE FROM files WHERE id IN (SELECT picture_file_id FROM cakes);

DROP TABLE cakes, orders, order_lines;

DROP FUNCTION order_lines_order_sums();
