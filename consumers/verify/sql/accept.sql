-- A person accepts the fault that a window has now.
INSERT INTO verify.accepted (source, number, fault, decision)
VALUES (%(source)s, %(number)s, %(fault)s, %(decision)s)
ON CONFLICT (source, number) DO UPDATE SET fault = excluded.fault, decision = excluded.decision
