-- What one partition of the live and the fresh table do not have in common: how many rows of each kind, the first few
-- ids, from when to when.
WITH live AS (
    SELECT event.id, event.occurred_at, event.value
    FROM {live} AS event
    LEFT JOIN unnest(%(partitions)s::integer[], %(places)s::bigint[]) AS place (partition, next_offset)
        ON event.topic = %(topic)s AND place.partition = event.partition
    WHERE place.next_offset IS NULL OR event."offset" < place.next_offset
), different AS (
    SELECT id, coalesce(live.occurred_at, fresh.occurred_at) AS occurred_at,
        CASE WHEN fresh.id IS NULL THEN 'missing' WHEN live.id IS NULL THEN 'extra' ELSE 'changed' END AS kind
    FROM live FULL JOIN (SELECT id, occurred_at, value FROM {fresh} AS event) AS fresh USING (id)
    WHERE fresh.id IS NULL OR live.id IS NULL OR fresh.value::text <> live.value::text
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY id) AS number FROM different
)
SELECT kind, count(*), array_agg(id ORDER BY id) FILTER (WHERE number <= 5), min(occurred_at), max(occurred_at)
FROM numbered GROUP BY kind ORDER BY kind
