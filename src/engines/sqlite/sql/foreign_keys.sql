-- Foreign keys as they were declared (SQLite numbers them from the last). "to" is NULL where the
-- parent's primary key is implied.
SELECT t.name, f.id, f."table", f."from", f."to", f.on_update, f.on_delete
  FROM pragma_table_list AS t
  JOIN pragma_foreign_key_list(t.name, 'main') AS f
 WHERE t.schema = 'main' AND t.type = 'table'
 ORDER BY t.name, f.id DESC, f.seq
