-- Kafka has the events of these decisions.
INSERT INTO history.decision_events (decision) SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING
