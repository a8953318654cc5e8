ALTER TABLE branches
    DROP CONSTRAINT branches_manager_id_fkey;
ALTER TABLE branches
    DROP CONSTRAINT branches_plan_file_id_fkey;
ALTER TABLE subject_matter
    DROP CONSTRAINT subject_matter_parent_id_fkey;
ALTER TABLE rooms
    DROP CONSTRAINT rooms_branch_id_fkey;
ALTER TABLE shelves
    DROP CONSTRAINT shelves_room_id_fkey;
ALTER TABLE items
    DROP CONSTRAINT items_shelf_id_fkey;
ALTER TABLE items
    DROP CONSTRAINT items_topic_id_fkey;
ALTER TABLE items
    DROP CONSTRAINT items_cover_of_id_fkey;
ALTER TABLE loans
    DROP CONSTRAINT loans_borrower_id_fkey;
ALTER TABLE loans
    DROP CONSTRAINT loans_item_id_fkey;
ALTER TABLE bookings
    DROP CONSTRAINT bookings_booker_id_fkey;
ALTER TABLE bookings
    DROP CONSTRAINT bookings_room_id_fkey;
ALTER TABLE bookings
    DROP CONSTRAINT bookings_rebooked_id_fkey;
ALTER TABLE accounts
    DROP CONSTRAINT accounts_holder_id_fkey;
ALTER TABLE entries
    DROP CONSTRAINT entries_account_id_fkey;
ALTER TABLE ratings
    DROP CONSTRAINT ratings_item_id_fkey;
ALTER TABLE ratings
    DROP CONSTRAINT ratings_rater_id_fkey;
ALTER TABLE notes
    DROP CONSTRAINT notes_writer_id_fkey;
ALTER TABLE branches_topics
    DROP CONSTRAINT branches_topics_branch_id_fkey;
ALTER TABLE branches_topics
    DROP CONSTRAINT branches_topics_topic_id_fkey;
ALTER TABLE users
    DROP CONSTRAINT user_display_name_min;
ALTER TABLE users
    DROP CONSTRAINT user_display_name_max;
ALTER TABLE users
    DROP CONSTRAINT user_credit_range;
ALTER TABLE users
    DROP CONSTRAINT user_phone_min;
ALTER TABLE users
    DROP CONSTRAINT user_phone_max;
DROP INDEX users_display_name_id_idx;
DROP INDEX users_created_at_id_idx;

DELETE FROM files WHERE id IN (SELECT plan_file_id FROM branches);

DROP TABLE branches, subject_matter, rooms, shelves, items, loans, bookings, accounts, entries, ratings, notes, memos, branches_topics;

ALTER TABLE users
    DROP COLUMN display_name,
    DROP COLUMN credit,
    DROP COLUMN phone;

DROP FUNCTION loan_at_most_2_capacity();
DROP FUNCTION loan_check();
DROP FUNCTION loan_at_most();
DROP FUNCTION loan_at_most_2();
DROP FUNCTION loans_item_sums();
DROP FUNCTION loans_item_values();
DROP FUNCTION booking_room_where();
DROP FUNCTION booking_rebooked_same();
DROP FUNCTION booking_check();
DROP FUNCTION entries_account_sums();
DROP FUNCTION entry_append_only();

DROP FUNCTION round_half_even(numeric, integer);
DROP FUNCTION divide_half_even(numeric, numeric);
