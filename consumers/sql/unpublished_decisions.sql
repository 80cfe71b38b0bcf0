-- Decisions of which Kafka has not acknowledged an event, the first so many.
SELECT id, kind, actor, reason, facts::text, decided_at FROM history.decisions
WHERE NOT EXISTS (SELECT FROM history.decision_events WHERE decision = id) ORDER BY id LIMIT 500
