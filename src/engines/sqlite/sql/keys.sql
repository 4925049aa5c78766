-- The parts of every unique index, those behind constraints included, as they were made.
-- cid -2 is an expression.
SELECT t.name, i.name, i.origin, i.partial, x.cid, x.name, x.coll
  FROM pragma_table_list AS t
  JOIN pragma_index_list(t.name, 'main') AS i
  JOIN pragma_index_xinfo(i.name, 'main') AS x
 WHERE t.schema = 'main' AND t.type = 'table' AND i."unique" AND x."key"
 ORDER BY t.name, i.seq DESC, x.seqno
