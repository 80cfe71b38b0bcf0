"""From the outbox to the history: how fast a backlog moves, and how long one write takes."""
