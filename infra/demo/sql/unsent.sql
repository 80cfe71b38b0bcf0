-- How many deliveries are under way or due; what waits for the end of a digest or of quiet hours is neither.
SELECT count(*) FROM notify.deliveries WHERE state = 'sending' OR (state = 'waiting' AND (due_at <= now() OR attempts > 0))
