-- Kafka has the events of these acts.
UPDATE history.dead_letter_acts SET published_at = now() WHERE letter = ANY (%s)
