-- How many dead letters have become rows of the live history since they were set aside; no offset tells of those.
SELECT count(*) FROM history.dead_letter_acts WHERE kind = 'retried'
