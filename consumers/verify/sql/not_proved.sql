-- Windows that were looked at and are neither proved nor accepted as they are.
SELECT source, number FROM verify.windows WHERE state <> 'proved' AND state <> 'accepted' ORDER BY source, number LIMIT %s
