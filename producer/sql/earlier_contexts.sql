-- The context of the last row before a number of each of the given transactions, but for those written at COMMIT.
-- There is no index on xid: only the 100,000 numbers before are searched, which takes 20 ms.
SELECT DISTINCT ON (1) coalesce(first_xid, xid), context
FROM backstory_outbox
WHERE seq BETWEEN %(before)s - 100000 AND %(before)s - 1
    AND coalesce(first_xid, xid) = ANY (%(xids)s::xid8[])
    AND context IS DISTINCT FROM '*/commit'
ORDER BY 1, seq DESC
