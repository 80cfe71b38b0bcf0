-- New rows go to this slot from now on.
SELECT setval('backstory_outbox_slot', %s)
