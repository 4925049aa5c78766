-- Which column owns a sequence (serial, OWNED BY, identity), and whose default draws from it.
SELECT s.oid AS sequence, d.refobjid AS "table", a.attname, true AS owned
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  AND d.deptype IN ('a', 'i')
  AND d.refobjsubid > 0
UNION
SELECT s.oid, def.adrelid, a.attname, false
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
JOIN pg_catalog.pg_attrdef def ON def.oid = d.objid
JOIN pg_catalog.pg_attribute a ON a.attrelid = def.adrelid AND a.attnum = def.adnum
WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
ORDER BY 1, 2, 3, 4 DESC;
