-- Claim what goes out with it as one digest: its group or, when more than `flood` messages wait for this target, all
-- that are not urgent. Returns how many, and the first titles.
WITH waiting AS (
    SELECT id, title, due_at, group_key FROM notify.deliveries
    WHERE channel = %(channel)s AND target = %(target)s AND state = 'waiting' AND priority < 3
        AND due_at <= now() AND expires_at > now() AND id <> %(lead)s
    ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), chosen AS (
    SELECT id, title, due_at FROM waiting
    WHERE group_key = %(group)s OR (SELECT count(*) FROM waiting) >= %(flood)s
), taken AS (
    UPDATE notify.deliveries SET state = 'sending', queued_until = NULL, digest = %(lead)s,
        claimed_by = %(worker)s, claimed_until = now() + %(claim)s
    FROM chosen WHERE deliveries.id = chosen.id
)
SELECT count(*), coalesce((array_agg(title ORDER BY due_at, id))[:%(titles)s], '{}') FROM chosen
