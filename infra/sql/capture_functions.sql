-- Our functions that are not as backstory_install left them: missing, or altered since.
SELECT f.name, p.oid IS NULL AS missing
FROM {schema}.backstory_function f
LEFT JOIN pg_proc p ON p.proname = f.name AND p.pronamespace = to_regnamespace({schema_text})
WHERE p.oid IS NULL OR p.prosrc <> f.body OR p.prosecdef <> f.definer
    OR NOT (coalesce(p.proconfig, '{{}}') <@ f.settings AND coalesce(p.proconfig, '{{}}') @> f.settings)
ORDER BY f.name
