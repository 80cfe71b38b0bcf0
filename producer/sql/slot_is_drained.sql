-- Whether the newest row of a slot is published: a cheap question before the exact one. An empty slot is drained.
SELECT coalesce((
    SELECT pg_visible_in_snapshot(o.xid, r.snapshot)
        OR coalesce(pg_visible_in_snapshot(o.xid, r.window_snapshot) AND o.seq <= r.last_seq, false)
    FROM ONLY {slot} AS o, backstory_relay AS r
    ORDER BY o.seq DESC LIMIT 1
), true)
