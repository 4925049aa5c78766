-- Foreign keys: one row a column. Copies that a key leaves on partitions, of either side, are the
-- key itself and left out.
SELECT con.conrelid,
       con.conname,
       rn.nspname,
       r.relname,
       con.confupdtype,
       con.confdeltype,
       con.confmatchtype,
       con.condeferrable,
       con.condeferred,
       con.convalidated,
       a.attname AS from_column,
       ra.attname AS to_column
FROM pg_catalog.pg_constraint con
JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class r ON r.oid = con.confrelid
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_subscripts(con.conkey, 1) AS part(number)
JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[part.number]
JOIN pg_catalog.pg_attribute ra ON ra.attrelid = con.confrelid
                               AND ra.attnum = con.confkey[part.number]
WHERE con.contype = 'f'
  AND con.conparentid = 0
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
ORDER BY con.conrelid, con.conname, part.number;
