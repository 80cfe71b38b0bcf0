-- Tell that the leader lives; touches nothing when it no longer leads.
UPDATE backstory_relay SET heartbeat = clock_timestamp() WHERE revision = %s
