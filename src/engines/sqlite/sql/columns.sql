-- Columns of all tables but virtual ones, whose module may be missing. hidden: 2 computed, 3 stored.
SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
  FROM pragma_table_list AS t
  JOIN pragma_table_xinfo(t.name, 'main') AS c
 WHERE t.schema = 'main' AND t.type IN ('table', 'shadow')
 ORDER BY t.name, c.cid
