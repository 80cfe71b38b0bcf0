-- Windows that were looked at and are not proved.
SELECT source, number FROM verify.windows WHERE state <> 'proved' ORDER BY source, number LIMIT %s
