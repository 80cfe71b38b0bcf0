-- How many of these ids the history has, under whichever window.
SELECT count(*) FROM history.events WHERE id = ANY (%s)
