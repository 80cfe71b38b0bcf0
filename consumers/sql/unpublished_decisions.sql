-- Decisions of which Kafka has not acknowledged an event, or it did and the history has not got it in ten minutes (a topic
-- that was deleted, say); the first so many.
SELECT id, kind, actor, reason, facts::text, decided_at FROM history.decisions
WHERE NOT EXISTS (
    SELECT FROM history.decision_events AS told WHERE told.decision = decisions.id
        AND (told.published_at > now() - interval '10 minutes'
             OR EXISTS (SELECT FROM history.events WHERE events.id = told.event))
) ORDER BY id LIMIT 500
