-- How far the history has come in the topic.
SELECT partition, next_offset FROM history.offsets WHERE consumer = %(consumer)s AND topic = %(topic)s
