-- Begin one partition of the topic; one that has begun stays where it is.
INSERT INTO history_replay.places (partition, first_offset, next_offset, last_offset)
VALUES (%(partition)s, %(first)s, %(first)s, %(last)s) ON CONFLICT DO NOTHING
