-- How far each consumer has come in the topic.
SELECT consumer, partition, next_offset FROM history.offsets WHERE consumer = ANY (%(consumers)s) AND topic = %(topic)s
