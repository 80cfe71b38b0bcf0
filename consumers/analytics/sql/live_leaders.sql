-- The three busiest keys of each count in the last fifteen minutes.
SELECT metric, key, total FROM (
    SELECT metric, key, sum(value) AS total,
        row_number() OVER (PARTITION BY metric ORDER BY sum(value) DESC, key) AS place
    FROM analytics.values
    WHERE length_s = 60 AND start_at > now() - interval '15 minutes' AND key <> ''
        AND (metric IN ('page_views', 'changes') OR metric LIKE 'actions.%')
    GROUP BY metric, key
) AS ranked WHERE place <= 3 ORDER BY metric, place
