-- How each foreign key compares, as its trigger does: the operator, which may be an extension's,
-- and the parent's collation.
SELECT n.nspname,
       c.relname,
       con.conname,
       pg_catalog.format('OPERATOR(%I.%s)', opn.nspname, op.oprname) AS operator,
       CASE WHEN col.oid IS NOT NULL
            THEN pg_catalog.format(' COLLATE %I.%I', coln.nspname, col.collname) END AS collation
FROM pg_catalog.pg_constraint con
JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_subscripts(con.confkey, 1) AS part(number)
JOIN pg_catalog.pg_operator op ON op.oid = con.conpfeqop[part.number]
JOIN pg_catalog.pg_namespace opn ON opn.oid = op.oprnamespace
JOIN pg_catalog.pg_attribute ra ON ra.attrelid = con.confrelid
                               AND ra.attnum = con.confkey[part.number]
LEFT JOIN pg_catalog.pg_collation col ON col.oid = ra.attcollation
LEFT JOIN pg_catalog.pg_namespace coln ON coln.oid = col.collnamespace
WHERE con.contype = 'f'
  AND con.conparentid = 0
ORDER BY con.oid, part.number;
