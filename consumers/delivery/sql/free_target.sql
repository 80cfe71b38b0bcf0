-- The provider has answered for this target.
UPDATE notify.pace SET failures = 0 WHERE channel = %(channel)s AND target = %(target)s AND failures > 0
