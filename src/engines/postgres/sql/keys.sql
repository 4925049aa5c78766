-- Primary keys, unique constraints and unique indexes: one row a part. Where pg_index has no column
-- indnullsnotdistinct yet (before 15), the name finds the one of `older` instead.
SELECT i.indrelid,
       x.relname AS key,
       i.indisprimary,
       con.oid IS NOT NULL AS is_constraint,
       coalesce(con.condeferrable, false) AS deferrable,
       coalesce(con.condeferred, false) AS initially_deferred,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
       (SELECT indnullsnotdistinct FROM pg_catalog.pg_index same
        WHERE same.indexrelid = i.indexrelid) AS nulls_not_distinct,
       i.indisvalid AND i.indisready AND i.indislive AS valid,
       part.attnum > i.indnkeyatts AS carried_along,
       a.attname,
       CASE WHEN a.attnum IS NULL
            THEN pg_catalog.pg_get_indexdef(i.indexrelid, part.attnum, false) END AS expression,
       col.collname
FROM (SELECT false AS indnullsnotdistinct) older
CROSS JOIN pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute part ON part.attrelid = i.indexrelid
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum <> 0
                                   AND a.attnum = i.indkey[part.attnum - 1]
LEFT JOIN pg_catalog.pg_collation col ON part.attnum <= i.indnkeyatts
                                     AND col.oid = part.attcollation
                                     AND col.oid <> coalesce(a.attcollation, 100)
LEFT JOIN pg_catalog.pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u')
WHERE i.indisunique
  AND c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbkeeper')
  AND c.relname <> 'dbkeeper_id_map'
ORDER BY i.indrelid, NOT i.indisprimary, x.relname, part.attnum;
