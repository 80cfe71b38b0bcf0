-- Begin a partition that was never read where a person says, unless the consumer has begun meanwhile.
INSERT INTO history.offsets (consumer, topic, partition, topic_id, next_offset)
VALUES (%(consumer)s, %(topic)s, %(partition)s, %(topic_id)s, %(next_offset)s) ON CONFLICT DO NOTHING
