-- Who holds locks on users' tables, the strongest first.
SELECT n.nspname,
       c.relname,
       a.pid,
       a.usename,
       a.application_name,
       l.mode = 'AccessExclusiveLock' AS keeps_readers_out,
       pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_class c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid AND a.datid = l.database
WHERE l.granted
  AND c.relkind IN ('r', 'p')
  AND a.datname = pg_catalog.current_database()
  AND l.pid <> pg_catalog.pg_backend_pid()
ORDER BY l.mode = 'AccessExclusiveLock' DESC, l.mode LIKE '%Exclusive%' DESC, a.xact_start;
