-- A value as JSON, or where that is over 256 kB (or cannot be made) the length and SHA-256 of its text (for bytea: of
-- its bytes). The null of JSON is told apart from that of SQL. Never fails; the guarded part writes nothing, so that no
-- subtransaction gets a number.
CREATE OR REPLACE FUNCTION {schema}.backstory_large_value(value anyelement) RETURNS json
LANGUAGE plpgsql STABLE{settings} AS $function$
DECLARE
    bytes bytea;
    image json;
BEGIN
    IF value IS NULL THEN
        RETURN NULL;
    END IF;
    IF pg_catalog.pg_typeof(value) = 'pg_catalog.bytea'::regtype THEN
        bytes := value;
    ELSE
        bytes := pg_catalog.convert_to(value::text, 'UTF8');
    END IF;
    IF pg_catalog.octet_length(bytes) < 262144 THEN
        image := pg_catalog.to_json(value);
        IF image::text = 'null' THEN
            RETURN '{"backstory:json":null}';
        END IF;
        IF pg_catalog.pg_column_size(image) < 262144 THEN
            RETURN image;
        END IF;
    END IF;
    RETURN pg_catalog.json_build_object('backstory:length', pg_catalog.octet_length(bytes),
        'backstory:sha256', pg_catalog.encode(pg_catalog.sha256(bytes), 'hex'));
EXCEPTION WHEN OTHERS THEN
    RETURN pg_catalog.json_build_object('backstory:length', pg_catalog.pg_column_size(value), 'backstory:sha256', NULL);
END $function$
