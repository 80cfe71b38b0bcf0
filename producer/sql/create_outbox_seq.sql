-- Numbers the outbox rows; gives one value at a time (cache 1), so that numbers follow the order of the writes.
CREATE SEQUENCE backstory_outbox_seq AS bigint CACHE 1;
