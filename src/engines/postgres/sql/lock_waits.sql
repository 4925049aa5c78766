-- Who waits for a lock in this database, and for whom: a row for each pair. A role sees of others'
-- sessions only that they are there.
WITH locks AS MATERIALIZED (
  SELECT pid, relation, granted, locktype FROM pg_catalog.pg_locks
),
waiting AS (
  SELECT DISTINCT l.pid
  FROM locks l
  JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE NOT l.granted AND a.datname = pg_catalog.current_database()
)
SELECT w.pid AS waiting,
       b.pid AS blocking,
       coalesce(b.usename, '') AS usename,
       coalesce(b.application_name, '') AS application_name,
       coalesce(b.state, '') AS state,
       coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - b.xact_start), 0)::bigint AS age,
       coalesce(b.query, '') AS query,
       coalesce(n.nspname, '') AS nspname,
       coalesce(c.relname, '') AS relname
FROM waiting w
CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS blocker (pid)
JOIN pg_catalog.pg_stat_activity b ON b.pid = blocker.pid
LEFT JOIN LATERAL (
  SELECT l.relation
  FROM locks l
  WHERE l.pid = w.pid AND l.relation IS NOT NULL AND (NOT l.granted OR l.locktype = 'tuple')
  ORDER BY l.granted
  LIMIT 1
) AS wanted ON true
LEFT JOIN pg_catalog.pg_class c ON c.oid = wanted.relation
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace;
