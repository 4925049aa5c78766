-- The columns of one virtual table, without those that only steer its module.
SELECT '', name, type, "notnull", dflt_value, pk, hidden
  FROM pragma_table_xinfo(?1, 'main')
 WHERE hidden = 0
 ORDER BY cid
