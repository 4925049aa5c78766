-- The schema public, and how it differs from what the server makes in a new database.
WITH public AS (
  SELECT n.oid, n.nspowner, s.oid AS standard_owner,
         coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) AS acl,
         pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 150000 AS closed
  FROM pg_catalog.pg_namespace n
  JOIN pg_catalog.pg_roles s
    ON CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 150000
            THEN s.rolname = 'pg_database_owner' ELSE s.oid = 10 END
  WHERE n.nspname = 'public'
),
given AS (
  SELECT x.grantor, x.grantee, x.privilege_type, x.is_grantable
  FROM public p CROSS JOIN LATERAL pg_catalog.aclexplode(p.acl) AS x
),
standard AS (
  SELECT p.nspowner AS grantor, g.grantee, g.privilege_type, false AS is_grantable
  FROM public p
  CROSS JOIN LATERAL (VALUES (p.nspowner, 'USAGE'), (p.nspowner, 'CREATE'),
                             (0::pg_catalog.oid, 'USAGE'), (0::pg_catalog.oid, 'CREATE'))
             AS g(grantee, privilege_type)
  WHERE g.grantee <> 0 OR g.privilege_type = 'USAGE' OR NOT p.closed
)
SELECT pg_catalog.pg_has_role(p.nspowner, 'USAGE') AS mine,
       pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.nspowner)) AS owner,
       pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.standard_owner)) AS standard_owner,
       p.nspowner <> p.standard_owner AS other_owner,
       EXISTS ((TABLE given EXCEPT TABLE standard) UNION ALL (TABLE standard EXCEPT TABLE given))
         AS other_rights,
       coalesce(pg_catalog.obj_description(p.oid, 'pg_namespace'), '')
         <> 'standard public schema' AS other_comment,
       coalesce((SELECT pg_catalog.string_agg(
                          DISTINCT 'REVOKE ALL ON SCHEMA public FROM '
                          || CASE WHEN g.grantee = 0 THEN 'PUBLIC'
                                  ELSE pg_catalog.quote_ident(
                                         pg_catalog.pg_get_userbyid(g.grantee)) END
                          || ' CASCADE;', '')
                 FROM given g), '')
       || 'GRANT ALL ON SCHEMA public TO '
       || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.nspowner))
       || ';GRANT ' || CASE WHEN p.closed THEN 'USAGE' ELSE 'ALL' END
       || ' ON SCHEMA public TO PUBLIC' AS standard_rights
FROM public p;
