-- What a database has beside its content, which no dump of it alone brings along.
SELECT d.datname AS database,
       pg_catalog.pg_get_userbyid(d.datdba) AS owner,
       pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
       d.datcollate AS lc_collate,
       d.datctype AS lc_ctype,
       coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
       coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale',
                pg_catalog.to_jsonb(d) ->> 'daticulocale', '') AS locale,
       t.spcname AS tablespace,
       d.datconnlimit AS connection_limit,
       d.datistemplate AS is_template,
       coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), '') AS comment,
       d.datacl IS NOT NULL AS has_grants,
       EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public') AS has_public
FROM pg_catalog.pg_database d
JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace;
