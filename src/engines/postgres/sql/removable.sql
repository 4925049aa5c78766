-- Foreign keys and non-unique indexes: all that makes each of them what it is, and whether this role
-- can take it off its table and put it back just as it was. Keys of partitioned tables, what others
-- depend on, marks that no definition tells (an own tablespace, statistics targets, security labels,
-- CLUSTER) and triggers on such commands speak against that.
WITH found AS (
  SELECT 'key' AS kind,
         k.conrelid AS of_table,
         k.conname AS name,
         k.oid,
         'pg_catalog.pg_constraint'::pg_catalog.regclass AS catalog,
         pg_catalog.pg_get_constraintdef(k.oid) AS definition,
         pg_catalog.obj_description(k.oid, 'pg_constraint') AS comment,
         k.conparentid = 0 AND k.conislocal AND k.coninhcount = 0 AND k.convalidated
           AND p.relkind = 'r' AND NOT p.relispartition
           AND pg_catalog.has_table_privilege(p.oid, 'SELECT')
           AND pg_catalog.has_table_privilege(p.oid, 'REFERENCES')
           AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t
                           WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O') AS plain
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class p ON p.oid = k.confrelid
  WHERE k.contype = 'f'
  UNION ALL
  SELECT 'index',
         i.indrelid,
         x.relname,
         x.oid,
         'pg_catalog.pg_class'::pg_catalog.regclass,
         pg_catalog.pg_get_indexdef(x.oid),
         pg_catalog.obj_description(x.oid, 'pg_class'),
         x.relkind = 'i' AND NOT x.relispartition AND x.reltablespace = 0
           AND i.indisvalid AND i.indisready AND NOT i.indisclustered AND NOT i.indisreplident
           AND NOT i.indisexclusion
           AND pg_catalog.has_schema_privilege(x.relnamespace, 'CREATE')
           AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a
                           WHERE a.attrelid = x.oid AND coalesce(a.attstattarget, -1) <> -1)
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  WHERE NOT i.indisunique
)
SELECT f.kind,
       n.nspname,
       c.relname,
       f.name,
       f.definition,
       f.comment,
       f.plain
         AND c.relkind = 'r' AND NOT c.relispartition
         AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled <> 'D')
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_seclabel l
                         WHERE l.classoid = f.catalog AND l.objoid = f.oid)
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                         WHERE d.classid = f.catalog AND d.objid = f.oid
                           AND d.deptype NOT IN ('a', 'n'))
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                         WHERE d.refclassid = f.catalog AND d.refobjid = f.oid
                           AND d.classid <> 'pg_catalog.pg_trigger'::pg_catalog.regclass)
         AS removable
FROM found f
JOIN pg_catalog.pg_class c ON c.oid = f.of_table
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
ORDER BY f.oid;
