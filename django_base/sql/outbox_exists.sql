-- Whether capture was ever installed.
SELECT to_regclass('{schema}.backstory_outbox') IS NOT NULL
