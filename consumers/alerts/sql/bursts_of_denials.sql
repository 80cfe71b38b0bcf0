-- Who was refused often in the last five minutes: id and name, or the address of somebody nobody knows; how often, when last.
SELECT user_id, max(username), CASE WHEN user_id IS NULL THEN host(ip) END AS address, count(*), max(occurred_at)
FROM history.events
WHERE id >= history.first_id(now() - interval '5 minutes') AND type = 'access.denied'
    AND (user_id IS NOT NULL OR ip IS NOT NULL)
GROUP BY user_id, address
HAVING count(*) >= %(often)s
