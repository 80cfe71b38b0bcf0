-- How the outbox is numbered, and whether this session may empty its slots.
SELECT seqcache, seqcycle,
    has_table_privilege({outbox} || '_0', 'TRUNCATE') AND has_table_privilege({outbox} || '_1', 'TRUNCATE')
FROM pg_sequence WHERE seqrelid = to_regclass({outbox} || '_seq')
