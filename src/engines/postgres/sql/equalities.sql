-- The equality of each btree operator family, between values of one type or of two.
SELECT equal.amopfamily AS family,
       equal.amoplefttype AS "left",
       equal.amoprighttype AS "right",
       pg_catalog.format('OPERATOR(%I.%s)', n.nspname, op.oprname) AS operator
FROM pg_catalog.pg_amop equal
JOIN pg_catalog.pg_am am ON am.oid = equal.amopmethod AND am.amname = 'btree'
JOIN pg_catalog.pg_operator op ON op.oid = equal.amopopr
JOIN pg_catalog.pg_namespace n ON n.oid = op.oprnamespace
WHERE equal.amopstrategy = 3;
