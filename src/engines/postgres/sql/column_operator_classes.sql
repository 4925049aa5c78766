-- The default btree operator class of each column's type, if it has one, as the server chooses it:
-- the type's own, else that of a type to which it converts by name alone, the preferred one first.
WITH RECURSIVE steps AS (
  SELECT t.oid AS domain, t.typbasetype AS base
  FROM pg_catalog.pg_type t
  WHERE t.typtype = 'd'
  UNION ALL
  SELECT s.domain, t.typbasetype
  FROM steps s
  JOIN pg_catalog.pg_type t ON t.oid = s.base AND t.typtype = 'd'
), domains AS (
  SELECT s.domain, s.base
  FROM steps s
  JOIN pg_catalog.pg_type t ON t.oid = s.base AND t.typtype <> 'd'
)
SELECT n.nspname,
       c.relname,
       a.attname,
       chosen.opcfamily AS family,
       chosen.opcintype AS type,
       CASE WHEN col.oid IS NOT NULL
            THEN pg_catalog.format(' COLLATE %I.%I', coln.nspname, col.collname) END AS collation
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN domains d ON d.domain = a.atttypid
JOIN pg_catalog.pg_type t ON t.oid = coalesce(d.base, a.atttypid)
CROSS JOIN LATERAL (
  SELECT class.opcfamily, class.opcintype
  FROM pg_catalog.pg_opclass class
  JOIN pg_catalog.pg_am am ON am.oid = class.opcmethod AND am.amname = 'btree'
  JOIN pg_catalog.pg_type input ON input.oid = class.opcintype
  WHERE class.opcdefault
    AND (input.oid = t.oid
         OR input.typname = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN 'anyarray'
                                 WHEN t.typtype = 'e' THEN 'anyenum'
                                 WHEN t.typtype = 'r' THEN 'anyrange'
                                 WHEN t.typtype = 'm' THEN 'anymultirange'
                                 WHEN t.typtype = 'c' THEN 'record' END
         OR EXISTS (SELECT FROM pg_catalog.pg_cast k
                    WHERE k.castsource = t.oid AND k.casttarget = input.oid
                      AND k.castmethod = 'b' AND k.castcontext = 'i'))
  ORDER BY input.oid = t.oid DESC, input.typispreferred DESC
  LIMIT 1) chosen
LEFT JOIN pg_catalog.pg_collation col ON col.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace coln ON coln.oid = col.collnamespace
WHERE c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
  AND a.attnum > 0 AND NOT a.attisdropped;
