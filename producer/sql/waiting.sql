-- What waits, how much disk the outbox takes, what was set aside, and who relays.
SELECT
    unpublished.rows, unpublished.oldest_at,
    pg_total_relation_size('backstory_outbox_0') + pg_total_relation_size('backstory_outbox_1'),
    (SELECT count(*) FROM backstory_set_aside),
    r.holder, r.heartbeat
FROM backstory_relay AS r, LATERAL (
    SELECT count(*) AS rows, min(at) AS oldest_at
    FROM (
        SELECT least(greatest(o.at, 'epoch'), '9999-12-31') AS at FROM backstory_outbox AS o
        WHERE NOT pg_visible_in_snapshot(o.xid, r.snapshot)
            AND NOT coalesce(pg_visible_in_snapshot(o.xid, r.window_snapshot) AND o.seq <= r.last_seq, false)
        LIMIT %s
    ) AS counted
) AS unpublished
