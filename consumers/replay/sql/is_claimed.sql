-- Whether a process replays into this database now.
SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
        AND l.classid = hashtext('backstory.replay')::oid AND l.objid = 0 AND l.objsubid = 2)
