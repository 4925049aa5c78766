-- The tables of extensions that hold rows of the user's: which rows these are, and whether this
-- role may write them.
SELECT e.extname,
       n.nspname,
       c.relname,
       e.extcondition[i] AS condition,
       pg_catalog.has_table_privilege(c.oid, 'INSERT')
       AND pg_catalog.has_table_privilege(c.oid, 'DELETE') AS may
FROM pg_catalog.pg_extension e
CROSS JOIN LATERAL pg_catalog.generate_subscripts(e.extconfig, 1) AS i
JOIN pg_catalog.pg_class c ON c.oid = e.extconfig[i] AND c.relkind = 'r'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace;
