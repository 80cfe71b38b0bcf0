-- Whether an index is left of a build that failed: it takes room and keeps nothing unique.
SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)
