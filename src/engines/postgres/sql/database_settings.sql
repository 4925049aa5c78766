-- What ALTER DATABASE SET and ALTER ROLE IN DATABASE SET have set; the empty role is everybody.
SELECT d.datname AS database,
       CASE WHEN s.setrole = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(s.setrole) END AS role,
       pg_catalog.split_part(setting, '=', 1) AS name,
       pg_catalog.substr(setting, pg_catalog.strpos(setting, '=') + 1) AS value
FROM pg_catalog.pg_db_role_setting s
JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
     pg_catalog.unnest(s.setconfig) AS setting
ORDER BY 1, 2, 3;
