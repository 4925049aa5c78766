-- What this role may make in this database: 'superuser', 'database' (schemas, publications), then
-- each language that it may write routines in, and each extension that it may make.
SELECT 'superuser' AS what, '' AS name
FROM pg_catalog.pg_roles r
WHERE r.rolname = current_user AND r.rolsuper
UNION ALL
SELECT 'database', ''
WHERE pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
UNION ALL
SELECT 'language', l.lanname
FROM pg_catalog.pg_language l
WHERE l.lanpltrusted AND pg_catalog.has_language_privilege(l.oid, 'USAGE')
UNION ALL
SELECT DISTINCT CASE WHEN v.trusted THEN 'trusted extension' ELSE 'extension' END, v.name
FROM pg_catalog.pg_available_extension_versions v
JOIN pg_catalog.pg_available_extensions a ON a.name = v.name AND a.default_version = v.version;
