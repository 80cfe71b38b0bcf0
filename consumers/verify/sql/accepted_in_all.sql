-- Windows whose fault is accepted, by decision.
SELECT decisions.id, decisions.actor, decisions.reason, decisions.decided_at, windows.source, min(windows.number),
    max(windows.number), count(*), sum(windows.missing)::bigint
FROM verify.windows JOIN verify.accepted USING (source, number) JOIN history.decisions ON decisions.id = accepted.decision
WHERE windows.state = 'accepted' GROUP BY decisions.id, windows.source ORDER BY decisions.id
