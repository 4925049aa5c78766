-- The indexes of permanent tables that amcheck can check, the system's own left out.
SELECT c.oid AS "table", n.nspname, c.relname, x.oid AS index, x.relname AS index_name
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid AND x.relkind = 'i'
JOIN pg_catalog.pg_am am ON am.oid = x.relam AND am.amname = 'btree'
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisvalid AND i.indisready
  AND c.relpersistence = 'p'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, x.relname;
