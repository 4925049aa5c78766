-- Statements that bring back what a dump takes for granted of a new database. Default privileges
-- that the role has set: those of a schema are additions, those of all schemas stand in place of
-- the server's own, which return. The schema public, if it is the role's: as the server made it.
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
),
public AS (
  SELECT n.nspacl, i.initprivs
  FROM pg_catalog.pg_namespace n
  JOIN pg_catalog.pg_init_privs i
    ON i.objoid = n.oid AND i.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
  WHERE n.nspname = 'public' AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
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
  UNION ALL
  SELECT 0, 4, 'REVOKE ALL ON SCHEMA public FROM '
         || CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                 ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
  FROM public p
  CROSS JOIN LATERAL (SELECT DISTINCT grantee FROM pg_catalog.aclexplode(p.nspacl)) AS x
  UNION ALL
  SELECT 0, 5, 'GRANT ' || x.privilege_type || ' ON SCHEMA public TO '
         || CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                 ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
         || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
  FROM public p
  CROSS JOIN LATERAL pg_catalog.aclexplode(p.initprivs) AS x
  UNION ALL
  SELECT 0, 6, 'COMMENT ON SCHEMA public IS ''standard public schema'''
  FROM public
) AS steps
WHERE statement IS NOT NULL
ORDER BY step, oid;
