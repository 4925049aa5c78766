-- Pages and bytes on disk. The size functions wait for a table's lock: one that is being altered is
-- left out, its size stays unknown. They also open every index, which takes most of the time where
-- there are thousands of tables: of a table without rows the catalog's count of pages will do.
SELECT n.nspname,
       c.relname,
       c.reltuples,
       c.relpages,
       heap.bytes / block.size AS pages,
       CASE WHEN heap.bytes > 0 THEN pg_catalog.pg_total_relation_size(c.oid)
            ELSE block.size * (SELECT coalesce(sum(x.relpages), 0)
                               FROM pg_catalog.pg_index i
                               JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                               WHERE i.indrelid IN (c.oid, c.reltoastrelid)) END AS bytes
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS size) block
CROSS JOIN LATERAL (SELECT pg_catalog.pg_relation_size(c.oid) AS bytes OFFSET 0) heap
WHERE c.relkind = 'r'
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
  AND c.oid NOT IN (SELECT l.relation FROM pg_catalog.pg_locks l
                    WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.relation IS NOT NULL);
