-- How many decisions of each kind were made.
SELECT kind, count(*) FROM history.decisions GROUP BY kind ORDER BY kind
