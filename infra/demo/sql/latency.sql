-- Events since an id (ids begin with their time), and how long they took from the write to the row, in milliseconds.
SELECT count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY late_ms),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY late_ms)
FROM (SELECT extract(epoch FROM recorded_at - occurred_at) * 1000 AS late_ms
      FROM history.events WHERE id >= %(since)s AND type <> 'relay.window') AS events
