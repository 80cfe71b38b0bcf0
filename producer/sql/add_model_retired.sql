-- Whether a model is no longer captured: its row stays for what is still in the outbox.
ALTER TABLE backstory_model ADD COLUMN IF NOT EXISTS retired boolean NOT NULL DEFAULT false
