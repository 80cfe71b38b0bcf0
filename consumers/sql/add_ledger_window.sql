-- A history of an older version gets the column it lacks; one that has it is not locked.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = 'history.events'::regclass AND attname = 'ledger_window'
    ) THEN
        ALTER TABLE history.events ADD COLUMN ledger_window bigint;
    END IF;
END
$$
