-- How many rows of the outbox are not known to be published.
SELECT count(*) FROM backstory_outbox, backstory_relay
WHERE NOT pg_visible_in_snapshot(backstory_outbox.xid, backstory_relay.snapshot)
