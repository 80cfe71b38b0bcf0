-- Page views in all and by entity, changes by model, actions by name and outcome.
INSERT INTO analytics.values (start_at, length_s, metric, key, value)
SELECT %(start)s, %(length_s)s, metric, key, count(*) FROM history.events CROSS JOIN LATERAL (
    SELECT 'page_views', '' WHERE type = 'page.viewed'
    UNION ALL SELECT 'page_views', entity WHERE type = 'page.viewed' AND entity IS NOT NULL
    UNION ALL SELECT 'changes', coalesce(model, '') WHERE type LIKE 'model.%%'
    UNION ALL SELECT 'actions.' || substr(type, 8), value -> 'data' ->> 'action'
        WHERE type IN ('action.performed', 'action.failed')
) AS counted (metric, key)
WHERE id >= history.first_id(%(start)s) AND id < history.first_id(%(end)s)
GROUP BY metric, key
