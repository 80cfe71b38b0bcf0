-- Which process replays into this database, and from where; nobody, if it has just ended.
SELECT l.pid, host(a.client_addr) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
JOIN pg_stat_activity a ON a.pid = l.pid
WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
    AND l.classid = hashtext('backstory.replay')::oid AND l.objid = 0 AND l.objsubid = 2
