-- Extensions that are in the database and that this role could not make in another one.
SELECT e.extname
FROM pg_catalog.pg_extension e
LEFT JOIN pg_catalog.pg_available_extension_versions v ON v.name = e.extname
                                                     AND v.version = e.extversion
WHERE NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
  AND e.extname <> 'plpgsql'
  AND coalesce(v.superuser AND NOT v.trusted, true)
ORDER BY e.extname;
