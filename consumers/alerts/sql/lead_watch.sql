-- Let one sweeper look at a time, to the end of this transaction: two would tell the same thing in two counts.
SELECT pg_try_advisory_xact_lock(hashtext('backstory.watch'))
