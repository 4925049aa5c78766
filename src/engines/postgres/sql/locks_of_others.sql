-- Locks on users' tables that keep others from writing or reading. What a transaction has made
-- itself isn't visible here yet, and nobody waits for it.
SELECT l.pid, n.nspname, c.relname, l.mode
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm', 'v')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE l.granted
  AND l.locktype = 'relation'
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  AND l.pid <> pg_catalog.pg_backend_pid()
  AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema');
