-- Every object of the database with the text that made it.
SELECT type, name, tbl_name, sql
  FROM main.sqlite_master
 WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'
   AND tbl_name NOT LIKE 'dbkeeper\_%' ESCAPE '\'
 ORDER BY type, name
