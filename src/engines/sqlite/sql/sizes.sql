-- Bytes of every table and index.
SELECT name, pgsize FROM dbstat('main', 1)
