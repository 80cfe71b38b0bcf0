-- Take the target for one message, and learn how many attempts have failed there in a row: no row when it is not free yet. Workers that want the same target wait in line.
UPDATE notify.pace SET free_at = now() + %(gap)s FROM notify.deliveries
WHERE deliveries.id = %(id)s AND pace.channel = deliveries.channel AND pace.target = deliveries.target
    AND pace.free_at <= now()
RETURNING pace.failures
