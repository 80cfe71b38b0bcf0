-- Wait for no lock for long, end when the process is gone even in the middle of a long statement, and sort indexes in
-- memory that does not grow with the history. What is committed late is read again.
SET lock_timeout = '5s';
SET client_connection_check_interval = '2s';
SET maintenance_work_mem = '256MB';
SET synchronous_commit = off
