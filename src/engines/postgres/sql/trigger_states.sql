-- User triggers with their state, and those that they left on partitions; whether this role may
-- switch them: before version 15 the latter count as internal, which only a superuser may switch.
WITH RECURSIVE users AS (
  SELECT t.oid, false AS copied
  FROM pg_catalog.pg_trigger t
  WHERE NOT t.tgisinternal AND t.tgparentid = 0
  UNION ALL
  SELECT t.oid, true
  FROM users u
  JOIN pg_catalog.pg_trigger t ON t.tgparentid = u.oid
)
SELECT n.nspname,
       c.relname,
       t.tgname,
       t.tgenabled,
       u.copied,
       pg_catalog.pg_has_role(c.relowner, 'USAGE')
         AND (NOT t.tgisinternal
              OR pg_catalog.current_setting('is_superuser')::pg_catalog.bool) AS owned
FROM users u
JOIN pg_catalog.pg_trigger t ON t.oid = u.oid
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
ORDER BY n.nspname, c.relname, t.tgname;
