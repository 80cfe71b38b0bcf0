-- Claim one delivery that is due, before anybody is asked to deliver it.
UPDATE notify.deliveries SET state = 'sending', attempts = attempts + 1, queued_until = NULL, digest = NULL,
    claimed_by = %(worker)s, claimed_until = now() + %(limit)s
WHERE id = %(id)s AND state = 'waiting' AND due_at <= now() AND expires_at > now()
RETURNING channel, target, rule, priority, group_key, title, content, attempts, event_time
