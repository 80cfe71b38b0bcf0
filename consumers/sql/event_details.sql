-- The events with data and context as jsonb, for questions that the columns do not answer.
CREATE OR REPLACE VIEW history.event_details AS
SELECT id, occurred_at, recorded_at, type, source, sequence, position, model, object_id, entity, user_id,
       username, action, request_id, method, url_path, ip, browser, user_agent, origin, trace_id,
       history.as_jsonb(value -> 'data') AS data, history.as_jsonb(value -> 'context') AS context,
       topic, partition, "offset", ledger_window
FROM history.events;
