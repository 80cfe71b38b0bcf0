-- Two runs of backstory_install wait for each other, until the end of the transaction.
SELECT pg_advisory_xact_lock(hashtextextended('backstory.install', 0))
