-- Every table whose rows a backup has, as pg_dump would: plain ones and partitions, logged or not;
-- of those that extensions own, the rows that are the user's by the extension's word. A row for
-- each column that isn't generated, or one without for a table that has none.
SELECT n.nspname,
       c.relname,
       coalesce(config.condition, '') AS condition,
       a.attname,
       -- Binary forms that are the same in every major version and every database, and that dbkeeper
       -- reads itself, so that rows can be taken out of a backup without a server: of these built-in
       -- types, arrays of them, enums, and domains over either (an array of an enum or of a domain
       -- has its number in it).
       coalesce(base.oid < 16384 AND base.typtype = 'b'
                AND ltrim(base.typname, '_') IN (
                  'bool', 'bpchar', 'bytea', 'char', 'date', 'float4', 'float8', 'int2', 'int4',
                  'int8', 'json', 'jsonb', 'name', 'numeric', 'oid', 'text', 'time', 'timestamp',
                  'timestamptz', 'uuid', 'varchar', 'xml')
                OR base.typtype = 'e', true) AS stable
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
LEFT JOIN LATERAL (
  SELECT e.extcondition[i] AS condition
  FROM pg_catalog.pg_extension e, pg_catalog.generate_subscripts(e.extconfig, 1) AS i
  WHERE e.oid = d.refobjid AND e.extconfig[i] = c.oid
) AS config ON true
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                                   AND NOT a.attisdropped AND a.attgenerated = ''
LEFT JOIN LATERAL (
  WITH RECURSIVE steps AS (
    SELECT a.atttypid AS type
    UNION ALL
    SELECT t.typbasetype
    FROM steps s
    JOIN pg_catalog.pg_type t ON t.oid = s.type
    WHERE t.typtype = 'd'
  )
  SELECT t.oid, t.typtype, t.typname
  FROM steps s
  JOIN pg_catalog.pg_type t ON t.oid = s.type
  WHERE t.typtype <> 'd'
) AS base ON true
WHERE c.relkind = 'r'
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (d.objid IS NULL OR config.condition IS NOT NULL)
-- The columns of a table that inherits stand otherwise once a dump has made it anew, so that they go
-- by their names.
ORDER BY n.nspname, c.relname,
         CASE WHEN NOT c.relispartition AND EXISTS (
                SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
              THEN a.attname END COLLATE "C",
         a.attnum;
