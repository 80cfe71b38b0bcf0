-- The last ten minutes that have numbers, newest first.
SELECT start_at,
    coalesce(max(value) FILTER (WHERE metric = 'page_views' AND key = ''), 0),
    coalesce(max(value) FILTER (WHERE metric = 'active_people' AND key = ''), 0),
    coalesce(sum(value) FILTER (WHERE metric = 'changes'), 0),
    max(value) FILTER (WHERE metric = 'page_ms.p50' AND key = ''),
    max(value) FILTER (WHERE metric = 'page_ms.p95' AND key = '')
FROM analytics.values WHERE length_s = 60 AND start_at > now() - interval '1 day'
GROUP BY start_at ORDER BY start_at DESC LIMIT 10
