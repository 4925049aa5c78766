-- What the role may drop of this database, what goes with it, and what stays. A row's `what`:
--   drop    an object to drop, in the order of `rank`; the others go with these
--   hinders an object that would go too, and isn't the role's
--   stays   an object that is left, with what the role may do with it
--   locks   how many locks the dropping takes: each object that goes is locked
WITH RECURSIVE
-- Whom each object belongs to; what nobody owns is a superuser's.
objects(classid, objid, namespace, owner) AS (
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, oid, relnamespace, relowner
  FROM pg_catalog.pg_class
  UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid, typnamespace, typowner
  FROM pg_catalog.pg_type
  UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, oid, pronamespace, proowner
  FROM pg_catalog.pg_proc
  UNION ALL SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, oid, oprnamespace, oprowner
  FROM pg_catalog.pg_operator
  UNION ALL SELECT 'pg_catalog.pg_opclass'::pg_catalog.regclass, oid, opcnamespace, opcowner
  FROM pg_catalog.pg_opclass
  UNION ALL SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass, oid, opfnamespace, opfowner
  FROM pg_catalog.pg_opfamily
  UNION ALL SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass, oid, collnamespace, collowner
  FROM pg_catalog.pg_collation
  UNION ALL SELECT 'pg_catalog.pg_conversion'::pg_catalog.regclass, oid, connamespace, conowner
  FROM pg_catalog.pg_conversion
  UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, oid, stxnamespace, stxowner
  FROM pg_catalog.pg_statistic_ext
  UNION ALL SELECT 'pg_catalog.pg_ts_config'::pg_catalog.regclass, oid, cfgnamespace, cfgowner
  FROM pg_catalog.pg_ts_config
  UNION ALL SELECT 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, oid, dictnamespace, dictowner
  FROM pg_catalog.pg_ts_dict
  UNION ALL SELECT 'pg_catalog.pg_ts_parser'::pg_catalog.regclass, oid, prsnamespace, 10
  FROM pg_catalog.pg_ts_parser
  UNION ALL SELECT 'pg_catalog.pg_ts_template'::pg_catalog.regclass, oid, tmplnamespace, 10
  FROM pg_catalog.pg_ts_template
  UNION ALL SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, oid, 0, nspowner
  FROM pg_catalog.pg_namespace
  UNION ALL SELECT 'pg_catalog.pg_extension'::pg_catalog.regclass, oid, 0, extowner
  FROM pg_catalog.pg_extension
  UNION ALL SELECT 'pg_catalog.pg_language'::pg_catalog.regclass, oid, 0, lanowner
  FROM pg_catalog.pg_language
  UNION ALL SELECT 'pg_catalog.pg_am'::pg_catalog.regclass, oid, 0, 10
  FROM pg_catalog.pg_am
  UNION ALL SELECT 'pg_catalog.pg_publication'::pg_catalog.regclass, oid, 0, pubowner
  FROM pg_catalog.pg_publication
  UNION ALL SELECT 'pg_catalog.pg_subscription'::pg_catalog.regclass, oid, 0, subowner
  FROM pg_catalog.pg_subscription
  WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database
                   WHERE datname = pg_catalog.current_database())
  UNION ALL SELECT 'pg_catalog.pg_event_trigger'::pg_catalog.regclass, oid, 0, evtowner
  FROM pg_catalog.pg_event_trigger
  UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, oid, 0, fdwowner
  FROM pg_catalog.pg_foreign_data_wrapper
  UNION ALL SELECT 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, oid, 0, srvowner
  FROM pg_catalog.pg_foreign_server
  UNION ALL SELECT 'pg_catalog.pg_largeobject'::pg_catalog.regclass, oid, 0, lomowner
  FROM pg_catalog.pg_largeobject_metadata
  UNION ALL SELECT 'pg_catalog.pg_cast'::pg_catalog.regclass, k.oid, 0,
                   CASE WHEN pg_catalog.pg_has_role(f.typowner, 'USAGE') THEN f.typowner
                        ELSE t.typowner END
  FROM pg_catalog.pg_cast k
  JOIN pg_catalog.pg_type f ON f.oid = k.castsource
  JOIN pg_catalog.pg_type t ON t.oid = k.casttarget
  WHERE k.oid >= 16384
  UNION ALL SELECT 'pg_catalog.pg_transform'::pg_catalog.regclass, k.oid, 0, t.typowner
  FROM pg_catalog.pg_transform k
  JOIN pg_catalog.pg_type t ON t.oid = k.trftype
  WHERE k.oid >= 16384
),
-- Parts of objects, and those whose part they are.
parts(classid, objid, owner) AS (
  SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, d.oid, c.relowner
  FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid
  UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, d.oid,
                   coalesce(c.relowner, t.typowner)
  FROM pg_catalog.pg_constraint d
  LEFT JOIN pg_catalog.pg_class c ON c.oid = d.conrelid
  LEFT JOIN pg_catalog.pg_type t ON t.oid = d.contypid
  UNION ALL SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, d.oid, c.relowner
  FROM pg_catalog.pg_trigger d JOIN pg_catalog.pg_class c ON c.oid = d.tgrelid
  UNION ALL SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, d.oid, c.relowner
  FROM pg_catalog.pg_rewrite d JOIN pg_catalog.pg_class c ON c.oid = d.ev_class
  UNION ALL SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, d.oid, c.relowner
  FROM pg_catalog.pg_policy d JOIN pg_catalog.pg_class c ON c.oid = d.polrelid
  UNION ALL SELECT 'pg_catalog.pg_publication_rel'::pg_catalog.regclass, d.oid, p.pubowner
  FROM pg_catalog.pg_publication_rel d JOIN pg_catalog.pg_publication p ON p.oid = d.prpubid
),
-- Objects of their own: no part of another, of an extension, or of the server itself.
users AS (
  SELECT o.classid, o.objid, o.owner, n.nspname,
         pg_catalog.pg_has_role(o.owner, 'USAGE') AS mine
  FROM objects o
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
  WHERE (o.objid >= 16384 OR o.classid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass)
    AND coalesce(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema', true)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = o.classid AND d.objid = o.objid AND d.objsubid = 0
                      AND d.deptype IN ('i', 'e'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c
                    WHERE o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND c.oid = o.objid AND c.relkind IN ('i', 'I', 't', 'c'))
),
roots AS (
  SELECT u.classid, u.objid
  FROM users u
  LEFT JOIN pg_catalog.pg_extension e
         ON e.oid = u.objid AND u.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  WHERE u.mine
    AND u.classid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass
    -- An extension goes only if the role may make it again.
    AND (e.oid IS NULL
         OR EXISTS (SELECT FROM pg_catalog.pg_roles r
                    WHERE r.rolname = current_user AND r.rolsuper)
         OR EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions v
                    JOIN pg_catalog.pg_available_extensions a
                      ON a.name = v.name AND a.default_version = v.version
                    WHERE v.name = e.extname AND v.trusted))
),
gone(classid, objid) AS (
  SELECT classid::pg_catalog.oid, objid FROM roots
  UNION
  SELECT step.classid, step.objid
  FROM gone g
  CROSS JOIN LATERAL (
    SELECT d.classid, d.objid
    FROM pg_catalog.pg_depend d
    WHERE d.refclassid = g.classid AND d.refobjid = g.objid
    UNION ALL
    -- What is a part of something goes only with the whole: a view's rule with the view.
    SELECT d.refclassid, d.refobjid
    FROM pg_catalog.pg_depend d
    WHERE d.classid = g.classid AND d.objid = g.objid AND d.objsubid = 0 AND d.deptype = 'i'
  ) AS step
),
-- Schemas in which something is left.
inhabited AS (
  SELECT DISTINCT d.refobjid AS objid
  FROM pg_catalog.pg_depend d
  LEFT JOIN gone g ON g.classid = d.classid AND g.objid = d.objid
  LEFT JOIN pg_catalog.pg_default_acl a
         ON a.oid = d.objid AND d.classid = 'pg_catalog.pg_default_acl'::pg_catalog.regclass
  WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
    AND g.objid IS NULL
    AND NOT coalesce(pg_catalog.pg_has_role(a.defaclrole, 'USAGE'), false)
),
schemas AS (
  SELECT u.objid
  FROM users u
  JOIN pg_catalog.pg_namespace n ON n.oid = u.objid
  WHERE u.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
    AND u.mine AND n.nspname !~ '^pg_' AND n.nspname <> 'public'
    AND u.objid NOT IN (SELECT i.objid FROM inhabited i)
),
dropped AS (
  SELECT classid, objid FROM roots
  UNION ALL
  SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, objid FROM schemas
)
SELECT 'drop' AS what,
       CASE i.type WHEN 'event trigger' THEN 0 WHEN 'publication' THEN 1 WHEN 'subscription' THEN 1
                   WHEN 'table' THEN 2 WHEN 'foreign table' THEN 2 WHEN 'view' THEN 3
                   WHEN 'materialized view' THEN 3 WHEN 'schema' THEN 9 WHEN 'extension' THEN 8
                   ELSE 5 END AS rank,
       i.type, i.schema, i.name, i.identity, '' AS owner,
       -- What only the publisher's side can let go.
       coalesce((SELECT s.subslotname IS NULL FROM pg_catalog.pg_subscription s
                 WHERE s.oid = r.objid
                   AND r.classid = 'pg_catalog.pg_subscription'::pg_catalog.regclass),
                true) AS may,
       0::pg_catalog.int8 AS number
FROM dropped r
CROSS JOIN LATERAL pg_catalog.pg_identify_object(r.classid, r.objid, 0) AS i
UNION ALL
SELECT 'hinders', 0, '', '', '', pg_catalog.pg_describe_object(g.classid, g.objid, 0),
       pg_catalog.pg_get_userbyid(o.owner), false, 0
FROM gone g
JOIN (SELECT classid, objid, owner FROM objects UNION ALL SELECT classid, objid, owner FROM parts)
     AS o ON o.classid = g.classid AND o.objid = g.objid
WHERE NOT pg_catalog.pg_has_role(o.owner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  JOIN gone e ON e.classid = d.refclassid AND e.objid = d.refobjid
                  WHERE d.classid = g.classid AND d.objid = g.objid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT 'stays', 0, i.type, i.schema, i.name, i.identity,
       pg_catalog.pg_get_userbyid(o.owner),
       CASE i.type WHEN 'schema' THEN pg_catalog.has_schema_privilege(o.objid, 'CREATE')
                   WHEN 'foreign-data wrapper'
                   THEN pg_catalog.has_foreign_data_wrapper_privilege(o.objid, 'USAGE')
                   ELSE pg_catalog.pg_has_role(o.owner, 'USAGE') END,
       0
FROM (SELECT classid, objid, owner FROM users
      UNION
      SELECT o.classid, o.objid, o.owner
      FROM objects o
      LEFT JOIN pg_catalog.pg_namespace n
             ON n.oid = o.objid AND o.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
      WHERE o.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass OR n.nspname = 'public')
     AS o
CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
WHERE NOT EXISTS (SELECT FROM gone g WHERE g.classid = o.classid AND g.objid = o.objid)
  AND NOT EXISTS (SELECT FROM dropped d WHERE d.classid = o.classid AND d.objid = o.objid)
UNION ALL
SELECT 'locks', 0, '', '', '', '', '', true,
       (SELECT pg_catalog.count(*) FROM gone) + (SELECT pg_catalog.count(*) FROM schemas)
ORDER BY rank, identity;
