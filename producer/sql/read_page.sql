-- The rows that became visible between two snapshots, after a number, in order, until the budget of bytes is spent.
-- Who writes to the outbox past our triggers may give a time that the relay cannot read, such as infinity.
-- A row counts its images and 500 bytes for each event. Only the index on seq can serve this: after is never far behind.
SELECT coalesce(first_xid, xid), seq, least(greatest(at, 'epoch'), '9999-12-31'), kind, name, version, subject, context, role, application, host(address),
    old, new, old_count, new_count, depth, spent
FROM (
    SELECT *, sum(weight) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS spent
    FROM (
        SELECT *,
            coalesce(pg_column_size(old), 0) + coalesce(pg_column_size(new), 0)
            + 500 * greatest(old_count, new_count, 1) AS weight
        FROM backstory_outbox
        WHERE seq > %(after)s
            AND NOT pg_visible_in_snapshot(xid, %(snapshot)s::pg_snapshot)
            AND pg_visible_in_snapshot(xid, %(window)s::pg_snapshot)
        ORDER BY seq
        LIMIT %(rows)s
    ) AS page
) AS weighed
WHERE spent - weight < %(budget)s
ORDER BY seq
