-- The columns of those tables, each with the type that its domain, if it is one, comes down to, and
-- of an array with that of its elements. (int2vector and oidvector are in the arrays' category, but
-- no type's array type.)
WITH RECURSIVE domain_steps AS (
  SELECT t.oid AS domain, t.typbasetype AS base, t.typtypmod AS typmod, t.typnotnull AS not_null
  FROM pg_catalog.pg_type t
  WHERE t.typtype = 'd'
  UNION ALL
  SELECT s.domain, t.typbasetype, t.typtypmod, s.not_null OR t.typnotnull
  FROM domain_steps s
  JOIN pg_catalog.pg_type t ON t.oid = s.base
  WHERE t.typtype = 'd'
), domains AS (
  SELECT s.*
  FROM domain_steps s
  JOIN pg_catalog.pg_type t ON t.oid = s.base AND t.typtype <> 'd'
)
SELECT a.attrelid,
       a.attname,
       pg_catalog.format_type(base.oid, coalesce(s.typmod, a.atttypmod)) AS type,
       CASE WHEN s.domain IS NOT NULL THEN pg_catalog.format_type(s.domain, NULL) END AS domain,
       base.oid AS base,
       base.typtype,
       item.oid IS NOT NULL AS is_array,
       item.typdelim AS delimiter,
       pg_catalog.format_type(
         item_base.oid,
         CASE WHEN i.domain IS NULL THEN coalesce(s.typmod, a.atttypmod) ELSE i.typmod END)
         AS item_type,
       CASE WHEN i.domain IS NOT NULL THEN pg_catalog.format_type(i.domain, NULL) END
         AS item_domain,
       item_base.oid AS item_base,
       item_base.typtype AS item_typtype,
       NOT (a.attnotnull OR coalesce(s.not_null, false)) AS nullable,
       a.attidentity,
       a.attgenerated,
       pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS default_expression,
       col.collname
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN domains s ON s.domain = a.atttypid
JOIN pg_catalog.pg_type base ON base.oid = coalesce(s.base, a.atttypid)
LEFT JOIN pg_catalog.pg_type item ON item.oid = base.typelem AND item.typarray = base.oid
LEFT JOIN domains i ON i.domain = item.oid
LEFT JOIN pg_catalog.pg_type item_base ON item_base.oid = coalesce(i.base, item.oid)
LEFT JOIN pg_catalog.pg_attrdef def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation col ON col.oid = a.attcollation
                                     AND a.attcollation <> base.typcollation
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum;
