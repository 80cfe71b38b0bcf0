-- The worker that had these in memory is gone.
UPDATE analytics.windows SET state = 'touched' WHERE state = 'open'
