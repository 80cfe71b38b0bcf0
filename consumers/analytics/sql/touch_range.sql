-- Have every window that begins in a range computed from the history: those that are known, and those in which something
-- happened that is counted, whether a worker ever saw them or not. A window of a day holds funnels, and is made only for those.
INSERT INTO analytics.windows (start_at, length_s, state)
SELECT start_at, length_s, 'touched' FROM (
    SELECT DISTINCT start_at, length_s FROM analytics.values
    UNION
    SELECT around.start_at, around.length_s FROM (
        SELECT DISTINCT date_trunc('minute', occurred_at, 'UTC') AS at FROM history.events
        WHERE id >= history.first_id(greatest(%(since)s, 'epoch')) AND id < history.first_id(%(until)s + interval '1 day')
            AND (type = 'page.viewed' OR type LIKE 'model.%%' OR type LIKE 'action.%%' OR user_id IS NOT NULL)
    ) AS minute CROSS JOIN LATERAL (
        SELECT minute.at, 60
        UNION ALL SELECT minute.at - back * interval '1 minute', 300 FROM generate_series(0, 4) AS back
        UNION ALL SELECT date_trunc('day', minute.at, 'UTC'), 86400 WHERE %(days)s
    ) AS around (start_at, length_s)
) AS known
WHERE start_at >= %(since)s AND start_at < %(until)s
ON CONFLICT DO NOTHING
