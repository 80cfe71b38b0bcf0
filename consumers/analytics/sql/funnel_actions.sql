-- Who performed which of these actions in the window, in order: what funnels are made of.
SELECT id, user_id, value -> 'data' ->> 'action', occurred_at, source, value ->> 'sequence' FROM history.events
WHERE id >= history.first_id(%(start)s) AND id < history.first_id(%(end)s)
    AND type = 'action.performed' AND user_id IS NOT NULL AND value -> 'data' ->> 'action' = ANY (%(actions)s)
