-- Every large object with what belongs to it, as statements that make it so. A right that isn't the
-- owner's to give is given by the role that gave it. Source: pg_dump's dumpLO and buildACLCommands.
SELECT m.oid,
       pg_catalog.quote_ident(owner.rolname) AS owner,
       (SELECT pg_catalog.string_agg(
                 CASE WHEN given.grantor = m.lomowner OR given.grantor IS NULL THEN right_sql.sql
                      ELSE 'SET SESSION AUTHORIZATION ' || pg_catalog.quote_ident(grantor.rolname)
                           || E';\n' || right_sql.sql || E'\nRESET SESSION AUTHORIZATION;' END,
                 E'\n' ORDER BY given.ordinality, given.privilege_type)
        FROM (SELECT a.*, item.ordinality
              FROM pg_catalog.unnest(m.lomacl) WITH ORDINALITY AS item(acl, ordinality),
                   pg_catalog.aclexplode(ARRAY[item.acl]) AS a) AS given
        LEFT JOIN pg_catalog.pg_roles grantor ON grantor.oid = given.grantor
        LEFT JOIN pg_catalog.pg_roles grantee ON grantee.oid = given.grantee
        CROSS JOIN LATERAL (
          SELECT pg_catalog.format(
                   'GRANT %s ON LARGE OBJECT %s TO %s%s;', given.privilege_type, m.oid,
                   CASE WHEN given.grantee = 0 THEN 'PUBLIC'
                        ELSE pg_catalog.quote_ident(grantee.rolname) END,
                   CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
        ) AS right_sql
        WHERE given.grantee = 0 OR grantee.oid IS NOT NULL) AS grants,
       m.lomacl IS NOT NULL AS has_grants,
       pg_catalog.obj_description(m.oid, 'pg_largeobject') AS comment,
       (SELECT pg_catalog.string_agg(
                 pg_catalog.format('SECURITY LABEL FOR %I ON LARGE OBJECT %s IS %L;', l.provider,
                                   m.oid, l.label), E'\n' ORDER BY l.provider)
        FROM pg_catalog.pg_seclabel l
        WHERE l.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass
          AND l.objoid = m.oid AND l.objsubid = 0) AS labels
FROM pg_catalog.pg_largeobject_metadata m
LEFT JOIN pg_catalog.pg_roles owner ON owner.oid = m.lomowner
ORDER BY m.oid;
