-- Claims that ran out: the worker is gone, and nobody knows whether the provider took the message.
UPDATE notify.deliveries SET state = %(state)s, claimed_by = NULL, claimed_until = NULL,
    digest = CASE WHEN %(state)s = 'waiting' THEN NULL ELSE digest END,
    last_error = 'the worker ' || claimed_by || ' did not come back: sent or not, nobody knows'
WHERE state = 'sending' AND claimed_until <= now() AND channel = %(channel)s
RETURNING id
