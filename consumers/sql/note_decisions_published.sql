-- Kafka has the events of these decisions.
INSERT INTO history.decision_events (decision, event) SELECT * FROM unnest(%s::bigint[], %s::uuid[])
ON CONFLICT (decision) DO UPDATE SET event = excluded.event, published_at = now()
