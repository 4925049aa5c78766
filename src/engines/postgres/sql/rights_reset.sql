-- Statements that bring back what a dump takes for granted of a new database: default privileges
-- that the role has set. Those of a schema are additions, those of all schemas stand in place of
-- the server's own, which return.
WITH mine AS (
  SELECT a.oid, a.defaclnamespace, a.defaclobjtype, a.defaclacl, r.oid AS role,
         'ALTER DEFAULT PRIVILEGES FOR ROLE ' || pg_catalog.quote_ident(r.rolname)
         || coalesce(' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname), '') AS alter_defaults,
         CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                              WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
                              WHEN 'n' THEN 'SCHEMAS' END AS objects,
         pg_catalog.quote_ident(r.rolname) AS owner
  FROM pg_catalog.pg_default_acl a
  JOIN pg_catalog.pg_roles r ON r.oid = a.defaclrole
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
  WHERE pg_catalog.pg_has_role(a.defaclrole, 'USAGE')
)
SELECT statement
FROM (
  SELECT m.oid, 1 AS step,
         m.alter_defaults || ' REVOKE ALL ON ' || m.objects || ' FROM '
         || CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                 ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS statement
  FROM mine m
  CROSS JOIN LATERAL (SELECT DISTINCT grantee FROM pg_catalog.aclexplode(m.defaclacl)) AS x
  UNION ALL
  SELECT m.oid, 2, m.alter_defaults || ' GRANT ALL ON ' || m.objects || ' TO ' || m.owner
  FROM mine m
  WHERE m.defaclnamespace = 0
  UNION ALL
  SELECT m.oid, 3, m.alter_defaults || ' GRANT ALL ON ' || m.objects || ' TO PUBLIC'
  FROM mine m
  WHERE m.defaclnamespace = 0 AND m.defaclobjtype IN ('f', 'T')
) AS steps
WHERE statement IS NOT NULL
ORDER BY step, oid;
