-- Give up every right but the writer's, wait for no lock for long, and let the server end this session if the
-- process freezes inside a transaction.
SET ROLE backstory_writer;
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '15s'
