-- Everything in the outbox is to be published (again): the old snapshots mean nothing in this cluster.
UPDATE backstory_relay SET snapshot = '1:1:', window_snapshot = NULL, last_seq = 0
