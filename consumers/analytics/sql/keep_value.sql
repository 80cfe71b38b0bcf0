-- Write one number as it is now.
INSERT INTO analytics.values (start_at, length_s, metric, key, value)
VALUES (to_timestamp(%s), %s, %s, %s, %s)
ON CONFLICT (start_at, length_s, metric, key) DO UPDATE SET value = excluded.value, computed_at = now()
