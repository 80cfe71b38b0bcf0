-- For each consumer the dead letters since the last that was told: their number, the last one's id and reason.
SELECT consumer, count(*), max(id), (array_agg(reason ORDER BY id DESC))[1], max(recorded_at)
FROM history.dead_letters letters
WHERE recorded_at > now() - interval '1 day' AND id > COALESCE((
    SELECT max(split_part(group_key, '/', 2)::bigint) FROM notify.deliveries told
    WHERE told.rule = 'alert.dead_letters' AND split_part(told.group_key, '/', 1) = letters.consumer), 0)
GROUP BY consumer
