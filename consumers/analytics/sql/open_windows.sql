-- Take windows that nobody has counted in before; what is not returned was counted in by somebody, and is touched now.
WITH wanted AS (
    SELECT to_timestamp(start_s) AS start_at, length_s
    FROM unnest(%(starts)s::bigint[], %(lengths)s::integer[]) AS wanted (start_s, length_s)
), taken AS (
    INSERT INTO analytics.windows (start_at, length_s, state)
    SELECT start_at, length_s, CASE WHEN EXISTS (
        SELECT FROM analytics.values kept WHERE kept.start_at = wanted.start_at AND kept.length_s = wanted.length_s
    ) THEN 'touched' ELSE 'open' END FROM wanted
    ON CONFLICT DO NOTHING RETURNING start_at, length_s, state
)
SELECT extract(epoch FROM start_at)::bigint, length_s FROM taken WHERE state = 'open'
