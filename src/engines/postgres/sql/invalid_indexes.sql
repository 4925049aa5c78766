-- Indexes that the planner doesn't use: left by a CREATE INDEX CONCURRENTLY that failed, or not
-- attached to every partition yet.
SELECT n.nspname, c.relname AS "table", x.relname AS index, i.indisunique, i.indisready, c.relkind
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT (i.indisvalid AND i.indisready)
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_(toast_temp_|temp_)'
ORDER BY n.nspname, c.relname, x.relname;
