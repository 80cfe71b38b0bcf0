-- One delivery, whole.
SELECT id, event_id, rule, channel, target, entity, priority, group_key, title, content, state, due_at, expires_at,
    attempts, sent_at, provider_id, last_error, digest, created_at
FROM notify.deliveries WHERE id = %(id)s
