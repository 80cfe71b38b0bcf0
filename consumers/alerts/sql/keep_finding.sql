-- Keep what a watch saw as a delivery, once; no event stands behind it.
WITH target AS (
    INSERT INTO notify.pace (channel, target) SELECT %(channel)s, %(target)s
    WHERE NOT EXISTS (SELECT FROM notify.pace WHERE channel = %(channel)s AND target = %(target)s)
    ON CONFLICT DO NOTHING
)
INSERT INTO notify.deliveries (id, event_id, event_time, topic, partition, "offset", rule, channel, target, entity, priority,
    group_key, title, content, due_at, expires_at)
VALUES (%(id)s, %(event)s, %(seen_at)s, '', -1, -1, %(rule)s, %(channel)s, %(target)s, %(entity)s, %(priority)s,
    %(key)s, %(title)s, %(content)s, now(), %(expires_at)s)
ON CONFLICT (event_id, rule, channel, target) DO NOTHING
