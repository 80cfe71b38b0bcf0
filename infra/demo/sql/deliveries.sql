-- What became of the deliveries written or attempted since a moment: accepted and unknown count the attempts since then
-- that a provider took, and those of which nobody knows. under_way: it waits for the end of a digest or of quiet hours,
-- or that came a moment ago, for the sender goes on while we look.
SELECT d.id, d.rule, d.channel, d.target, d.state, carrier.state AS carrier, d.provider_id, d.last_error, a.accepted, a.unknown,
    CASE d.state
        WHEN 'waiting' THEN d.attempts = 0 AND d.due_at > now() - interval '30 seconds'
        ELSE d.state = 'sending' AND d.claimed_until > now()
    END AS under_way
FROM notify.deliveries AS d
LEFT JOIN notify.deliveries AS carrier ON carrier.id = d.digest
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE outcome = 'accepted') AS accepted,
        count(*) FILTER (WHERE outcome IS NULL OR outcome = 'uncertain') AS unknown
    FROM notify.attempts WHERE delivery = d.id AND began_at >= %(since)s
) AS a
WHERE d.created_at >= %(since)s OR a.accepted + a.unknown > 0
