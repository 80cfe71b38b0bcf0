-- These windows were seen from their beginning to their end: their numbers are final.
DELETE FROM analytics.windows USING unnest(%(starts)s::bigint[], %(lengths)s::integer[]) AS closed (start_s, length_s)
WHERE windows.start_at = to_timestamp(closed.start_s) AND windows.length_s = closed.length_s AND state = 'open'
