-- How many different people did anything, in all and by entity.
INSERT INTO analytics.values (start_at, length_s, metric, key, value)
SELECT %(start)s, %(length_s)s, 'active_people', key, count(DISTINCT user_id)
FROM history.events CROSS JOIN LATERAL (
    SELECT '' UNION ALL SELECT entity WHERE entity IS NOT NULL
) AS counted (key)
WHERE id >= history.first_id(%(start)s) AND id < history.first_id(%(end)s) AND user_id IS NOT NULL
GROUP BY key
