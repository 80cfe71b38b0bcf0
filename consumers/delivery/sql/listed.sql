-- Deliveries for people to look at, newest first; filters that are null do not filter.
SELECT id, created_at, rule, channel, target, title, state, due_at, attempts, last_error FROM notify.deliveries
WHERE (%(state)s::text IS NULL OR state = %(state)s) AND (%(channel)s::text IS NULL OR channel = %(channel)s)
    AND (%(rule)s::text IS NULL OR rule = %(rule)s)
ORDER BY created_at DESC, id LIMIT %(limit)s
