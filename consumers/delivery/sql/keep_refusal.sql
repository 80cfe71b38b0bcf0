-- The events behind a refused delivery and its companions, as dead letters of the channel's consumer. A watch has none.
INSERT INTO history.dead_letters (consumer, topic, topic_id, partition, "offset", key, value, headers, reason)
SELECT DISTINCT ON (refused.topic, refused.partition, refused."offset")
    refused.channel, refused.topic, offsets.topic_id, refused.partition, refused."offset", NULL, refused.value, '[]', %(reason)s
FROM notify.deliveries refused
JOIN history.offsets ON offsets.consumer = refused.channel AND offsets.topic = refused.topic
    AND offsets.partition = refused.partition
WHERE refused.state = 'refused' AND (refused.id = %(id)s OR refused.digest = %(id)s) AND refused."offset" >= 0
ON CONFLICT DO NOTHING
