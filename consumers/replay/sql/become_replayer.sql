-- Give up every right but the replayer's.
SET LOCAL ROLE backstory_replayer
