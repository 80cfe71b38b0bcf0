-- Empty a slot, unless a row in it is not published. The lock waits for nobody, and with it no transaction is left that
-- wrote to the slot: what such a one wrote is seen by the check, which has a snapshot of its own, taken after the lock.
-- One statement, so that a relay that is stopped half-way holds nothing.
DO $$
BEGIN
    LOCK TABLE ONLY {slot} IN ACCESS EXCLUSIVE MODE NOWAIT;
    IF NOT EXISTS (
        SELECT FROM ONLY {slot} AS o, backstory_relay AS r
        WHERE NOT pg_visible_in_snapshot(o.xid, r.snapshot)
            AND NOT coalesce(pg_visible_in_snapshot(o.xid, r.window_snapshot) AND o.seq <= r.last_seq, false)
    ) THEN
        TRUNCATE ONLY {slot};
    END IF;
END
$$
