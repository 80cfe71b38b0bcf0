-- The new leader enters itself; whoever led before no longer finds its revision.
UPDATE backstory_relay
SET holder = %s, heartbeat = clock_timestamp(), revision = revision + 1
RETURNING revision, snapshot::text, window_snapshot::text, last_seq,
    window_number, window_events, window_digest, window_opened_at
