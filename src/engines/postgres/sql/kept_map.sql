-- The map of keys that imports keep, wherever the role that made it could put it.
SELECT n.nspname, c.relname
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND ((n.nspname = 'dbkeeper' AND c.relname = 'id_map') OR c.relname = 'dbkeeper_id_map')
ORDER BY n.nspname = 'dbkeeper' DESC, n.nspname = 'public' DESC, n.nspname
LIMIT 1;
