-- The columns whose type is a domain that takes no NULL, itself or one that it is made of.
WITH RECURSIVE steps AS (
  SELECT t.oid AS domain, t.typbasetype AS base, t.typnotnull AS not_null
  FROM pg_catalog.pg_type t
  WHERE t.typtype = 'd'
  UNION ALL
  SELECT s.domain, t.typbasetype, t.typnotnull
  FROM steps s
  JOIN pg_catalog.pg_type t ON t.oid = s.base AND t.typtype = 'd'
)
SELECT n.nspname, c.relname, a.attname
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
  AND a.attnum > 0 AND NOT a.attisdropped
  AND EXISTS (SELECT FROM steps s WHERE s.domain = a.atttypid AND s.not_null);
