-- What could not be sent in time is not sent at all.
UPDATE notify.deliveries SET state = 'expired', queued_until = NULL WHERE state = 'waiting' AND expires_at <= now()
