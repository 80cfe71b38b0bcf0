-- How many events were kept before a moment.
SELECT count(*) FROM history.events WHERE recorded_at < %s
