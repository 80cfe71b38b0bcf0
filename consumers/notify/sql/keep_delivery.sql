-- Keep one delivery, once. One that was refused for good waits again: its event came back from the dead letters.
-- A target that is known is not inserted: even ON CONFLICT DO NOTHING would wait for the sender that holds its row.
WITH target AS (
    INSERT INTO notify.pace (channel, target) SELECT %(channel)s, %(target)s
    WHERE NOT EXISTS (SELECT FROM notify.pace WHERE channel = %(channel)s AND target = %(target)s)
    ON CONFLICT DO NOTHING
)
INSERT INTO notify.deliveries AS kept (id, event_id, event_time, topic, partition, "offset", value, rule, channel, target,
    entity, priority, group_key, title, content, due_at, expires_at)
VALUES (%(id)s, %(event)s, %(event_time)s, %(topic)s, %(partition)s, %(offset)s, %(value)s, %(rule)s, %(channel)s,
    %(target)s, %(entity)s, %(priority)s, %(group)s, %(title)s, %(content)s, %(due_at)s, %(expires_at)s)
ON CONFLICT (event_id, rule, channel, target) DO UPDATE
SET state = 'waiting', due_at = excluded.due_at, content = excluded.content, title = excluded.title
WHERE kept.state = 'refused'
