-- Every table that may hold users' rows, and those that stand for others (partitioned, foreign).
SELECT c.oid,
       n.nspname,
       c.relname,
       c.relkind,
       c.relispartition,
       c.relpersistence = 'u' AS unlogged,
       e.extname,
       c.relrowsecurity,
       c.relforcerowsecurity,
       pg_catalog.row_security_active(c.oid) AS row_security_applies,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')
       AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
            OR (c.relnatts > 0
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                              AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'))))
         AS readable
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
ORDER BY n.nspname, c.relname;
