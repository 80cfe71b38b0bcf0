-- Which database this is; a copy under the same name has another oid. The timeline is that of the log being written, which a promotion changes at once.
SELECT
    (SELECT system_identifier FROM pg_control_system()),
    current_database()::text,
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    CASE WHEN pg_is_in_recovery() THEN 0
    ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END
