-- A person decides about an uncertain delivery (and what it carried): sent after all, or to be sent again.
UPDATE notify.deliveries SET
    state = CASE WHEN %(state)s = 'sent' AND digest = %(id)s THEN 'digested' ELSE %(state)s END,
    digest = CASE WHEN %(state)s = 'sent' THEN digest END,
    due_at = CASE WHEN %(state)s = 'waiting' THEN now() ELSE due_at END,
    expires_at = CASE WHEN %(state)s = 'waiting' THEN greatest(expires_at, now() + interval '1 hour') ELSE expires_at END,
    sent_at = CASE WHEN %(state)s = 'sent' THEN coalesce(sent_at, now()) END, last_error = %(note)s
WHERE (id = %(id)s OR digest = %(id)s) AND state IN ('uncertain', 'refused', 'expired')
