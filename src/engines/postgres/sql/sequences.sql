-- Sequences, and the last number that each gave out, if it did and this role may know.
SELECT c.oid,
       n.nspname,
       c.relname,
       s.seqincrement,
       s.seqmin,
       s.seqmax,
       s.seqcycle,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')
         AND pg_catalog.has_sequence_privilege(c.oid, 'SELECT') AS readable,
       CASE WHEN pg_catalog.has_schema_privilege(n.oid, 'USAGE')
             AND pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE')
             AND NOT (c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery())
            THEN pg_catalog.pg_sequence_last_value(c.oid) END AS last
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
WHERE c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
ORDER BY n.nspname, c.relname;
