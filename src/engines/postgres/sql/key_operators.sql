-- How each unique index compares each of its parts: the equality of the part's operator class, which
-- may be an extension's, and its collation.
SELECT n.nspname,
       c.relname,
       x.relname AS key,
       pg_catalog.format('OPERATOR(%I.%s)', opn.nspname, op.oprname) AS operator,
       CASE WHEN col.oid IS NOT NULL
            THEN pg_catalog.format(' COLLATE %I.%I', coln.nspname, col.collname) END AS collation
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = x.relam AND am.amname = 'btree'
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) AS part(number)
JOIN pg_catalog.pg_opclass class ON class.oid = i.indclass[part.number]
JOIN pg_catalog.pg_amop equal ON equal.amopfamily = class.opcfamily
                             AND equal.amoplefttype = class.opcintype
                             AND equal.amoprighttype = class.opcintype
                             AND equal.amopstrategy = 3
JOIN pg_catalog.pg_operator op ON op.oid = equal.amopopr
JOIN pg_catalog.pg_namespace opn ON opn.oid = op.oprnamespace
LEFT JOIN pg_catalog.pg_collation col ON col.oid = i.indcollation[part.number]
LEFT JOIN pg_catalog.pg_namespace coln ON coln.oid = col.collnamespace
WHERE i.indisunique
  AND c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
ORDER BY i.indexrelid, part.number;
