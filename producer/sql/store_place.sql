-- Compare and swap: nothing is stored by a relay that no longer leads. Its own transaction number marks the outbox.
UPDATE backstory_relay
SET snapshot = %(snapshot)s::pg_snapshot, window_snapshot = %(window)s::pg_snapshot, last_seq = %(last_seq)s,
    window_number = %(number)s, window_events = %(events)s, window_digest = %(digest)s,
    window_opened_at = %(opened_at)s, heartbeat = clock_timestamp(), revision = revision + 1
WHERE revision = %(revision)s
RETURNING pg_current_xact_id()
