-- The tables of a database, those that others refer to first, and what it takes to move their rows.
-- Fields: table, what to select from, its columns, its primary key, what a DO UPDATE sets.
SET search_path = '';
WITH RECURSIVE tables AS (
  SELECT oid, relkind FROM pg_class c
  WHERE relkind IN ('r', 'p') AND relpersistence = 'p' AND NOT relispartition
    AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'dbkeeper')
    AND NOT EXISTS (  -- no extension's
      SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
), links AS (
  SELECT DISTINCT conrelid AS child, confrelid AS parent FROM pg_constraint
  WHERE contype = 'f' AND conrelid <> confrelid AND conparentid = 0
), levels (oid, level) AS (
  SELECT oid, 0 FROM tables
  -- A circle of tables would go on for ever.
  UNION SELECT child, level + 1 FROM levels JOIN links ON parent = oid WHERE level < 50
), keys AS (
  SELECT i.indrelid AS oid, a.attname AS name, k.place
  FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (number, place), pg_attribute a
  WHERE i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number
)
SELECT t.oid::regclass, CASE relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || t.oid::regclass,
  (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
   WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''),
  (SELECT string_agg(quote_ident(name), ', ' ORDER BY place) FROM keys WHERE keys.oid = t.oid),
  (SELECT string_agg(format('%1$I = EXCLUDED.%1$I', attname), ', ' ORDER BY attnum)
   FROM pg_attribute WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     AND attname NOT IN (SELECT name FROM keys WHERE keys.oid = t.oid))
FROM tables t ORDER BY (SELECT max(level) FROM levels WHERE levels.oid = t.oid), 1;
