-- The lowest UUIDv7 of a moment: 48 bits of milliseconds since 1970 (RFC 9562, section 5.7), then zeros.
CREATE OR REPLACE FUNCTION history.first_id(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.rpad(pg_catalog.lpad(pg_catalog.to_hex(
    (EXTRACT(epoch FROM moment) * 1000)::bigint), 12, '0'), 32, '0')::uuid;
