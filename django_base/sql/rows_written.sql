-- How many rows the current transaction has written to each table so far, also where a savepoint took them back.
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del
FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
  AND relname NOT LIKE 'backstory\_%'
  AND relname <> 'django_session';
