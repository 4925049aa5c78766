-- The columns of those tables, each with the type that its domain, if it is one, comes down to.
WITH RECURSIVE domain_steps AS (
  SELECT t.oid AS domain, t.typbasetype AS base, t.typtypmod AS typmod, t.typnotnull AS not_null
  FROM pg_catalog.pg_type t
  WHERE t.typtype = 'd'
  UNION ALL
  SELECT s.domain, t.typbasetype, t.typtypmod, s.not_null OR t.typnotnull
  FROM domain_steps s
  JOIN pg_catalog.pg_type t ON t.oid = s.base
  WHERE t.typtype = 'd'
)
SELECT a.attrelid,
       a.attname,
       pg_catalog.format_type(base.oid, coalesce(s.typmod, a.atttypmod)) AS type,
       CASE WHEN s.domain IS NOT NULL THEN pg_catalog.format_type(s.domain, NULL) END AS domain,
       base.oid AS base,
       base.typtype,
       base.typcategory = 'A' AND base.typelem <> 0 AS is_array,
       NOT (a.attnotnull OR coalesce(s.not_null, false)) AS nullable,
       a.attidentity,
       a.attgenerated,
       pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS default_expression,
       col.collname
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (SELECT s.* FROM domain_steps s
           JOIN pg_catalog.pg_type t ON t.oid = s.base AND t.typtype <> 'd') s
       ON s.domain = a.atttypid
JOIN pg_catalog.pg_type base ON base.oid = coalesce(s.base, a.atttypid)
LEFT JOIN pg_catalog.pg_attrdef def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation col ON col.oid = a.attcollation
                                     AND a.attcollation <> base.typcollation
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum;
