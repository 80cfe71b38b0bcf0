-- Give a statement's rows the numbers before those of what its triggers wrote, which then stands one level less deep:
-- the same for each of these. They begin at a row, and end where the statement's own rows do (the first has depth 1,
-- further ones -1), or with the transaction when no statement follows that could have fired the triggers.
-- No number is added or lost, and nothing of it is published yet: event ids are made of the new numbers only.
-- The numbers are an array, because a join by place has no index and no statistics: it took the square of the rows.
WITH statement AS (
    SELECT seq FROM backstory_outbox
    WHERE seq > %(first)s AND coalesce(first_xid, xid) = %(xid)s::text::xid8 AND depth IN (0, 1) AND kind <> 'event'
    ORDER BY seq LIMIT 1
), following AS (
    SELECT o.seq FROM backstory_outbox AS o, statement
    WHERE o.seq > %(first)s AND o.seq > statement.seq AND coalesce(o.first_xid, o.xid) = %(xid)s::text::xid8 AND o.depth <> -1 AND o.kind <> 'event'
    ORDER BY o.seq LIMIT 1
), concerned AS MATERIALIZED (
    SELECT seq, abs(depth) > 1 OR kind = 'event' AS later
    FROM backstory_outbox
    WHERE seq >= %(first)s AND seq < coalesce((SELECT seq FROM following), 9223372036854775807)
        AND coalesce(first_xid, xid) = %(xid)s::text::xid8
), numbers AS MATERIALIZED (
    SELECT array_agg(seq ORDER BY seq) AS sorted FROM concerned
), turns AS (
    SELECT seq, row_number() OVER (ORDER BY later, seq) AS turn FROM concerned
)
UPDATE backstory_outbox AS o
SET seq = numbers.sorted[turns.turn], depth = CASE WHEN abs(o.depth) > 1 THEN o.depth - sign(o.depth) ELSE o.depth END
FROM turns, numbers
WHERE o.seq = turns.seq AND coalesce(o.first_xid, o.xid) = %(xid)s::text::xid8
