-- Keep an outbox row with the reason why it was not published.
INSERT INTO backstory_set_aside
SELECT coalesce(first_xid, xid), seq, slot, at, kind, name, version, subject, context, role, application, address,
    old, new, old_count, new_count, %(reason)s
FROM backstory_outbox WHERE seq = %(seq)s AND coalesce(first_xid, xid) = %(xid)s::text::xid8
ON CONFLICT DO NOTHING
