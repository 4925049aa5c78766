-- Which database this is. The system identifier is the cluster's own; a restored copy may be told
-- to be the same by the setting dbkeeper.source_id.
SELECT pg_catalog.current_database() AS name,
       pg_catalog.current_setting('server_version') AS version,
       current_user AS "user",
       pg_catalog.pg_database_size(d.oid) AS bytes,
       d.oid,
       nullif(pg_catalog.current_setting('dbkeeper.source_id', true), '') AS source_id
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database();
