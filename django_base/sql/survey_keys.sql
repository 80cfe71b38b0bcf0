-- By which operator the unique columns of the given tables are compared: table, column, operator.
SELECT DISTINCT ON (t.name, a.attname) t.name, a.attname::text, format('OPERATOR(%%I.%%s)', n.nspname, o.oprname)
FROM unnest(%s::text[]) AS t (name)
JOIN pg_index i ON i.indrelid = to_regclass(t.name) AND i.indisunique
CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) AS part (column_number, class)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = part.column_number
JOIN pg_opclass c ON c.oid = part.class
JOIN pg_amop m ON m.amopfamily = c.opcfamily AND m.amopstrategy = 3 AND m.amoplefttype = c.opcintype
    AND m.amoprighttype = c.opcintype
JOIN pg_operator o ON o.oid = m.amopopr
JOIN pg_namespace n ON n.oid = o.oprnamespace
ORDER BY t.name, a.attname, i.indisprimary DESC
