-- Tables, virtual ones and their shadows; SQLite's and dbkeeper's own left out.
SELECT name, type, wr, strict
  FROM pragma_table_list
 WHERE schema = 'main' AND type <> 'view'
   AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
   AND name NOT LIKE 'dbkeeper\_%' ESCAPE '\'
 ORDER BY name
