-- The rights on a database that were given, PUBLIC being the empty grantee.
SELECT d.datname AS database,
       CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee) END AS grantee,
       a.privilege_type AS privilege,
       a.is_grantable
FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) AS a
ORDER BY 1, 2, 3;
