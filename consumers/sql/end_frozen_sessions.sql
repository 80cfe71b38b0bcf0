-- End sessions of ours whose process has been silent inside a transaction (a COPY, which no time-out of the
-- server ends): their locks stop the one that took over. A living one would only send its batch again.
RESET ROLE;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = session_user AND application_name = 'backstory.history'
    AND pid <> pg_backend_pid() AND wait_event = 'ClientRead' AND xact_start < now() - interval '4 seconds';
SET ROLE backstory_writer
