-- Every large object with its owner and size, as far as this role may read it.
SELECT m.oid,
       pg_catalog.pg_get_userbyid(m.lomowner) AS owner
FROM pg_catalog.pg_largeobject_metadata m
ORDER BY m.oid;
