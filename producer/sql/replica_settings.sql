-- Whose sessions begin in this database with the triggers and foreign keys of others switched off, and what ends that.
SELECT concat_ws(' in ', 'role ' || quote_ident(r.rolname), 'database ' || quote_ident(d.datname)),
    concat_ws(' ', 'ALTER', CASE WHEN r.oid IS NULL THEN 'DATABASE ' || quote_ident(d.datname)
        ELSE concat_ws(' IN DATABASE ', 'ROLE ' || quote_ident(r.rolname), quote_ident(d.datname)) END,
        'RESET session_replication_role')
FROM pg_db_role_setting s
LEFT JOIN pg_roles r ON r.oid = s.setrole
LEFT JOIN pg_database d ON d.oid = s.setdatabase
WHERE (s.setdatabase = 0 OR d.datname = current_database())
    AND EXISTS (SELECT FROM unnest(s.setconfig) AS setting
        WHERE setting LIKE 'session_replication_role=%' AND setting NOT LIKE '%=origin')
ORDER BY 1
