-- Makes each row of a database another row of the same number: an x goes before every text by which
-- an import could find it, that is, in the columns of unique indexes that no foreign key holds.
SET search_path = '';
SELECT format('UPDATE %s SET %s', c.oid::regclass, string_agg(
  format('%1$I = (''x'' || %1$I)::%2$s', attname, format_type(atttypid, atttypmod)), ', '))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE relkind IN ('r', 'p') AND NOT relispartition
  AND atttypid IN ('text'::regtype, 'varchar'::regtype)
  AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  AND EXISTS (
    SELECT FROM pg_index i WHERE indrelid = c.oid AND indisunique
    AND (a.attnum = ANY (indkey) OR EXISTS (  -- in an expression
      SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = indexrelid
      AND refclassid = 'pg_class'::regclass AND refobjid = c.oid AND refobjsubid = a.attnum)))
  AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE contype = 'f'
    AND (conrelid = c.oid AND a.attnum = ANY (conkey)
      OR confrelid = c.oid AND a.attnum = ANY (confkey)))
GROUP BY c.oid \gexec
VACUUM (FULL, ANALYZE);
