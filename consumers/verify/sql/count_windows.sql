-- What the history holds of a source's windows within bounds of time: ids that count once; the SHA-256 of each value, then
-- its id, joined by exclusive or; and a digest over the rows.
SELECT ledger_window, count(*),
       bit_xor(('x' || encode(sha256(convert_to(value::text, 'UTF8')) || uuid_send(id), 'hex'))::bit(384))::text,
       sha256(string_agg(sha256(convert_to(ROW(id, occurred_at, type, source, sequence, position, model, object_id,
           entity, user_id, username, action, request_id, method, url_path, ip, browser, user_agent, origin, trace_id,
           value::text)::text, 'UTF8')), ''::bytea ORDER BY id))
FROM history.events
WHERE id >= history.first_id(%(since)s) AND id < history.first_id(%(until)s)
    AND source = %(source)s AND ledger_window = ANY (%(numbers)s)
GROUP BY ledger_window
