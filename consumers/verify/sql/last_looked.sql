-- Up to when windows were looked at.
SELECT max(closed_at) FROM verify.windows
