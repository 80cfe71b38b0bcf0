-- Two runs at once wait for each other, until the end of the transaction.
SELECT pg_advisory_xact_lock(hashtextextended('backstory.create_tables', 0))
