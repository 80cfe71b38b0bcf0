-- Windows to compute from the history, oldest first. One is final when its time and that for latecomers is
-- over, and the history holds all that the worker has counted. Where no worker ever counted, time is the last event's.
SELECT start_at, length_s,
    start_at + make_interval(secs => length_s + %(lateness_s)s) <= coalesce(
        (SELECT max(watermark) FROM analytics.progress),
        (SELECT occurred_at FROM history.events ORDER BY id DESC LIMIT 1))
    AND NOT EXISTS (
        SELECT FROM analytics.progress LEFT JOIN history.offsets
            ON offsets.consumer = %(history)s AND offsets.topic = progress.topic AND offsets.partition = progress.partition
        WHERE coalesce(offsets.next_offset, 0) < progress.next_offset)
FROM analytics.windows WHERE state = 'touched' ORDER BY start_at, length_s LIMIT %(limit)s
