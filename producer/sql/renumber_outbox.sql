-- Rows restored from another cluster get a transaction number of this one; the first number stays, for the event ids.
UPDATE backstory_outbox SET first_xid = coalesce(first_xid, xid), xid = pg_current_xact_id()
