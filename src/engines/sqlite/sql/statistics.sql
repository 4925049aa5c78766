-- What the last ANALYZE counted; the first number of `stat` is the index's rows.
SELECT tbl, max(CAST(stat AS INTEGER)) FROM main.sqlite_stat1 GROUP BY tbl
