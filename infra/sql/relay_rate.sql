-- The server's time, and how many events a second the ledger's windows of the last minute hold.
SELECT clock_timestamp(), coalesce(sum(recent.events), 0)::double precision / 60
FROM (SELECT events, closed_at FROM {schema}.backstory_window ORDER BY number DESC LIMIT 200) AS recent
WHERE recent.closed_at > clock_timestamp() - interval '60 seconds'
