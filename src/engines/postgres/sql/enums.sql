-- The labels of every enum type, in order.
SELECT e.enumtypid, e.enumlabel
FROM pg_catalog.pg_enum e
ORDER BY e.enumtypid, e.enumsortorder;
