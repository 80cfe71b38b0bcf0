-- Remember what was found of a window; the content of its first proof stays.
INSERT INTO verify.windows AS known
    (source, number, events, digest, opened_at, closed_at, state, missing, content, proved_at)
VALUES (%(source)s, %(number)s, %(events)s, %(digest)s, %(opened_at)s, %(closed_at)s, %(state)s, %(missing)s,
        CASE WHEN %(state)s = 'proved' THEN %(content)s::bytea END, CASE WHEN %(state)s = 'proved' THEN now() END)
ON CONFLICT (source, number) DO UPDATE
SET events = excluded.events, digest = excluded.digest, opened_at = excluded.opened_at,
    closed_at = coalesce(excluded.closed_at, known.closed_at), state = excluded.state, missing = excluded.missing,
    content = coalesce(known.content, excluded.content), proved_at = coalesce(known.proved_at, excluded.proved_at),
    verified_at = now()
