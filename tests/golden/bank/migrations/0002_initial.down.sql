ALTER TABLE accounts
    DROP CONSTRAINT accounts_holder_id_fkey;
ALTER TABLE transfers
    DROP CONSTRAINT transfers_sender_id_fkey;
ALTER TABLE transfers
    DROP CONSTRAINT transfers_source_id_fkey;
ALTER TABLE transfers
    DROP CONSTRAINT transfers_target_id_fkey;
ALTER TABLE entries
    DROP CONSTRAINT entries_account_id_fkey;
ALTER TABLE entries
    DROP CONSTRAINT entries_transfer_id_fkey;

DROP TABLE accounts, transfers, entries;

DROP FUNCTION transfer_append_only();
DROP FUNCTION entries_account_sums();
DROP FUNCTION entry_append_only();
