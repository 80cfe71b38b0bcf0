-- What the triggers of a model's tables look like, by name.
ALTER TABLE backstory_model ADD COLUMN IF NOT EXISTS triggers jsonb NOT NULL DEFAULT '{}'
