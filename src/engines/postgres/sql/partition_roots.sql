-- Every partition, however deep, and the partitioned table at the top. Where a row belongs by the
-- hash of an enum, it belongs elsewhere in another database: the hash is of the label's number.
WITH RECURSIVE parts AS (
  SELECT c.oid, i.inhparent AS above,
         EXISTS (SELECT FROM pg_catalog.pg_partitioned_table p
                 JOIN pg_catalog.pg_opclass o ON o.oid = ANY (p.partclass::pg_catalog.oid[])
                 JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod
                 WHERE p.partrelid = i.inhparent AND p.partstrat = 'h' AND a.amname = 'hash'
                   AND o.opcname = 'enum_ops'
                   AND o.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace) AS by_number
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
  WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f')
), up AS (
  SELECT oid AS partition, above, by_number FROM parts
  UNION ALL
  SELECT up.partition, parts.above, up.by_number OR parts.by_number
  FROM up
  JOIN parts ON parts.oid = up.above
)
SELECT pn.nspname AS partition_schema, p.relname AS partition_name,
       rn.nspname AS root_schema, r.relname AS root_name, up.by_number
FROM up
JOIN pg_catalog.pg_class p ON p.oid = up.partition
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
JOIN pg_catalog.pg_class r ON r.oid = up.above
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
WHERE NOT r.relispartition;
