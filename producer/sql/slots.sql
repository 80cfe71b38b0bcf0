-- The slot new rows go to, and the sizes of both: heap and out-of-line values.
SELECT coalesce(pg_sequence_last_value('backstory_outbox_slot'), 0),
    pg_table_size('backstory_outbox_0'), pg_table_size('backstory_outbox_1'),
    pg_relation_size('backstory_outbox_0'), pg_relation_size('backstory_outbox_1')
