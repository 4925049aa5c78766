-- Where the extension amcheck lives and what of it this role may call: nothing, if it isn't there.
SELECT n.nspname,
       bool_or(p.proname = 'bt_index_check') AS indexes,
       bool_or(p.proname = 'verify_heapam') AS heaps
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid
                         AND p.proname IN ('bt_index_check', 'verify_heapam')
WHERE e.extname = 'amcheck'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
GROUP BY n.nspname;
