-- How many windows are proved, and the events that they count.
SELECT count(*), coalesce(sum(events), 0)::bigint FROM verify.windows WHERE state = 'proved'
