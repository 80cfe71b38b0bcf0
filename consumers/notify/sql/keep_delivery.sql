-- Keep one delivery, once. One that was refused for good waits again: its event came back from the dead letters.
INSERT INTO notify.deliveries AS kept (id, event_id, event_time, topic, partition, "offset", rule, channel, target, entity,
    priority, group_key, title, content, due_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (event_id, rule, channel, target) DO UPDATE
SET state = 'waiting', due_at = excluded.due_at, content = excluded.content, title = excluded.title
WHERE kept.state = 'refused'
