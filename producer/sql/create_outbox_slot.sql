-- Says which partition of the outbox new rows go to; its bounds make any other answer impossible.
CREATE SEQUENCE backstory_outbox_slot AS smallint MINVALUE 0 MAXVALUE 1 START 0 CACHE 1;
SELECT setval('backstory_outbox_slot', 0);
