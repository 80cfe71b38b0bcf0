-- Note what became of a claimed delivery and of what went out with it, unless another attempt has begun since: an
-- answer that came late, after the claim had run out, still counts.
UPDATE notify.deliveries SET
    state = CASE WHEN digest = %(id)s AND %(state)s = 'sent' THEN 'digested' ELSE %(state)s END,
    digest = CASE WHEN digest = %(id)s AND %(state)s <> 'waiting' THEN digest END,
    due_at = CASE WHEN %(state)s = 'waiting' THEN now() + %(pause)s ELSE due_at END,
    sent_at = CASE WHEN %(state)s = 'sent' THEN now() END,
    provider_id = %(provider_id)s, last_error = %(detail)s, claimed_by = NULL, claimed_until = NULL, queued_until = NULL
WHERE (id = %(id)s AND attempts = %(number)s AND state IN ('sending', 'uncertain', 'waiting'))
    OR (digest = %(id)s AND state IN ('sending', 'uncertain')
        AND (SELECT attempts FROM notify.deliveries WHERE id = %(id)s) = %(number)s)
