-- Have every window that ended in a range computed from the history, whatever is known about it.
INSERT INTO analytics.windows (start_at, length_s, state)
SELECT start_at, length_s, 'touched' FROM (SELECT DISTINCT start_at, length_s FROM analytics.values) AS known
WHERE start_at >= %(since)s AND start_at < %(until)s
ON CONFLICT DO NOTHING
