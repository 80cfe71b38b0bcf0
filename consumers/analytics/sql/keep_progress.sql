-- Note how far one partition is counted.
INSERT INTO analytics.progress (topic, partition, next_offset, watermark) VALUES (%s, %s, %s, %s)
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset,
    watermark = greatest(progress.watermark, excluded.watermark)
