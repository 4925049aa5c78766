-- The sessions of this database but for this one, and whether this role may end them.
SELECT a.pid,
       coalesce(a.usename::pg_catalog.text, '?') AS usename,
       a.application_name,
       me.rolsuper OR (pg_catalog.pg_has_role(a.usesysid, 'USAGE')
                       OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))
                      AND NOT coalesce(r.rolsuper, false) AS may_end
FROM pg_catalog.pg_stat_activity a
JOIN pg_catalog.pg_roles me ON me.rolname = current_user
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
WHERE a.datname = pg_catalog.current_database()
  AND a.backend_type = 'client backend'
  AND a.pid <> pg_catalog.pg_backend_pid()
ORDER BY a.pid;
