-- For each target that is free the one delivery to be sent next, if no task is on its way for it.
WITH lead AS (
    SELECT next.id FROM notify.pace CROSS JOIN LATERAL (
        SELECT id, queued_until FROM notify.deliveries
        WHERE channel = pace.channel AND target = pace.target AND state = 'waiting' AND due_at <= now() AND expires_at > now()
        ORDER BY priority DESC, due_at LIMIT 1
    ) AS next
    WHERE pace.channel = ANY (%(channels)s) AND pace.free_at <= now()
        AND (next.queued_until IS NULL OR next.queued_until <= now())
    LIMIT %(limit)s
)
UPDATE notify.deliveries SET queued_until = now() + %(patience)s FROM lead
WHERE deliveries.id = lead.id AND state = 'waiting' AND (queued_until IS NULL OR queued_until <= now())
RETURNING deliveries.id
