-- The sessions of the server but for this one, and whether this role may end them. What a session
-- is, is hidden from roles without pg_read_all_stats: workers of the server's own have no user.
SELECT a.pid,
       a.datname,
       coalesce(a.usename::pg_catalog.text, '?') AS usename,
       coalesce(a.application_name, '') AS application_name,
       coalesce(me.rolsuper
                OR (pg_catalog.pg_has_role(a.usesysid, 'USAGE')
                    OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))
                   AND NOT coalesce(r.rolsuper, false),
                false) AS may_end
FROM pg_catalog.pg_stat_activity a
JOIN pg_catalog.pg_roles me ON me.rolname = current_user
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
WHERE a.pid <> pg_catalog.pg_backend_pid()
  AND CASE WHEN a.backend_type IS NULL THEN a.usesysid IS NOT NULL
           ELSE a.backend_type = 'client backend' END
ORDER BY a.pid;
