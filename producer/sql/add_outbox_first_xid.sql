-- The xid a row had in the cluster it was restored from.
ALTER TABLE backstory_outbox ADD COLUMN IF NOT EXISTS first_xid xid8
