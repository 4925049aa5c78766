-- Whose partition or heir a table is, in the order in which it names its parents.
SELECT i.inhrelid, p.relkind = 'p' AS is_partition, n.nspname, p.relname
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
WHERE p.relkind IN ('r', 'p', 'f')
ORDER BY i.inhrelid, i.inhseqno;
