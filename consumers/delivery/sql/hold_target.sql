-- Send nothing more to a target for a while: its provider asked for it, or does not answer.
UPDATE notify.pace SET free_at = greatest(free_at, now() + %(pause)s), failures = failures + 1
WHERE channel = %(channel)s AND target = %(target)s
