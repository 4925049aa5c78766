-- The schemas in which this role may make the map of keys, the best one first.
SELECT 'dbkeeper' AS nspname, false AS there, 1 AS rank
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'dbkeeper')
  AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
UNION ALL
SELECT n.nspname, true, CASE n.nspname WHEN 'dbkeeper' THEN 1 WHEN 'public' THEN 2 ELSE 3 END
FROM pg_catalog.pg_namespace n
WHERE (n.nspname IN ('dbkeeper', 'public') OR n.nspname = ANY (pg_catalog.current_schemas(false)))
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_schema_privilege(n.oid, 'CREATE')
ORDER BY rank;
