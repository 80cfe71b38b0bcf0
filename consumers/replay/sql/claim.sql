-- One process replays into a database at a time. Released with the session, which outlives a killed process by a moment:
-- so long this waits.
SELECT pg_advisory_lock(hashtext('backstory.replay'), 0)
