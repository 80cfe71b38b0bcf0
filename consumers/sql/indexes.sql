-- One object's history, one entity's, one person's; each index more slows every insert.
CREATE INDEX IF NOT EXISTS events_of_object ON history.events (object_id, model, id) WHERE object_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_of_entity ON history.events (entity, id) WHERE entity IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_of_user ON history.events (user_id, id) WHERE user_id IS NOT NULL;
