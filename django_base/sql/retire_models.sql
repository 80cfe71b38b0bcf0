-- Marks the models that no trigger tells of any more; their rows stay for what is still in the outbox.
UPDATE {schema}.backstory_model AS known SET retired = true
WHERE NOT retired AND label <> ALL (%s) AND NOT EXISTS (
    SELECT FROM pg_trigger
    WHERE tgname LIKE 'backstory\_%%' AND NOT tgisinternal
        AND encode(tgargs, 'hex') LIKE encode(convert_to(known.label, 'UTF8'), 'hex') || '00%%')
