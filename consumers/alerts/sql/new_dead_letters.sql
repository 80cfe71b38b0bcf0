-- For each consumer the dead letters since the last that was told: their number, the last one's id and reason. What was
-- told stands in the deliveries of this watch: entity is the consumer, group_key the last id.
SELECT consumer, count(*), max(id), (array_agg(reason ORDER BY id DESC))[1], max(recorded_at)
FROM history.dead_letters letters
WHERE recorded_at > now() - interval '1 day' AND id > COALESCE((
    SELECT max(group_key::bigint) FROM notify.deliveries told
    WHERE told."offset" < 0 AND told.rule = 'alert.dead_letters' AND told.entity = letters.consumer), 0)
GROUP BY consumer
