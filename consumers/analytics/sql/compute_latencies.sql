-- The time that half of the pages, and 95 of 100, did not exceed, in all and by route.
INSERT INTO analytics.values (start_at, length_s, metric, key, value)
SELECT %(start)s, %(length_s)s, metric, key, percentile_disc(share) WITHIN GROUP (ORDER BY duration_ms)
FROM (
    SELECT (value -> 'data' ->> 'duration_ms')::double precision AS duration_ms, value -> 'data' ->> 'route' AS route
    FROM history.events
    WHERE id >= history.first_id(%(start)s) AND id < history.first_id(%(end)s) AND type = 'page.viewed'
) AS pages CROSS JOIN LATERAL (
    SELECT '' UNION ALL SELECT route WHERE route <> ''
) AS counted (key) CROSS JOIN (VALUES ('page_ms.p50', 0.5), ('page_ms.p95', 0.95)) AS wanted (metric, share)
GROUP BY metric, share, key
