-- Everything below each partitioned table, however deep.
WITH RECURSIVE below AS (
  SELECT i.inhparent AS top, i.inhrelid AS partition
  FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class p ON p.oid = i.inhparent AND p.relkind = 'p'
  UNION ALL
  SELECT b.top, i.inhrelid
  FROM below b
  JOIN pg_catalog.pg_inherits i ON i.inhparent = b.partition
)
SELECT tn.nspname AS top_schema,
       t.relname AS top_name,
       n.nspname,
       c.relname,
       c.relkind,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')
       AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
            OR NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                             AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')))
         AS readable
FROM below b
JOIN pg_catalog.pg_class t ON t.oid = b.top
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_catalog.pg_class c ON c.oid = b.partition
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f')
ORDER BY tn.nspname, t.relname, n.nspname, c.relname;
