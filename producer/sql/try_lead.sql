-- One relay leads: a lock of the session, so that it ends with it. One for each outbox of the database.
SELECT pg_try_advisory_lock(hashtextextended('backstory.relay', 'backstory_relay'::regclass::oid::bigint))
