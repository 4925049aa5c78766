-- The types that tables' columns come down to, as SQL has them from anywhere. With -1 for a length
-- none is implied: "character" alone would be character(1).
WITH RECURSIVE used AS (
  SELECT a.atttypid AS type
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f')
    AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
    AND c.relname <> 'dbkeeper_id_map'
    AND a.attnum > 0 AND NOT a.attisdropped
  UNION
  SELECT t.typbasetype
  FROM used u
  JOIN pg_catalog.pg_type t ON t.oid = u.type AND t.typtype = 'd'
)
SELECT t.oid, pg_catalog.format_type(t.oid, -1) AS name
FROM used u
JOIN pg_catalog.pg_type t ON t.oid = u.type
WHERE t.typtype <> 'd';
