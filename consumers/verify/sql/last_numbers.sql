-- The last window of each source that was looked at and closed before a moment.
SELECT source, max(number) FROM verify.windows WHERE closed_at < %s GROUP BY source
