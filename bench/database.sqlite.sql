-- The same application as in database.postgres.sql, of 1.6 million rows, in SQLite.
PRAGMA journal_mode = off;
CREATE TABLE users (
  id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL,
  created_at TEXT NOT NULL, is_active INTEGER NOT NULL, settings TEXT NOT NULL);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, started_at TEXT NOT NULL,
  ended_at TEXT, feeling INTEGER, notes TEXT);
CREATE TABLE sets (
  id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL REFERENCES sessions, position INTEGER NOT NULL,
  reps INTEGER NOT NULL, weight REAL NOT NULL, rpe REAL, done_at TEXT NOT NULL,
  is_warmup INTEGER NOT NULL);
CREATE TABLE posts (
  id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES users,
  parent_id INTEGER REFERENCES posts, body TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TEMP TABLE n AS
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n;
BEGIN;
INSERT INTO users SELECT i, 'user' || i || '@example.com', printf('%064x', i * 7919),
  datetime(1609459200 + i * 420, 'unixepoch'), i % 23 > 0, '{"theme":"dark","rest_s":' || i % 200 || '}'
  FROM n WHERE i <= 50000;
INSERT INTO sessions SELECT i, 1 + i % 50000, datetime(1672531200 + i * 211, 'unixepoch'), NULL, i % 5,
  CASE WHEN i % 4 = 0 THEN 'felt "good", very, very well' END FROM n WHERE i <= 300000;
INSERT INTO sets SELECT i, 1 + i % 300000, i % 10, i % 20, (i % 80000) / 400.0,
  CASE WHEN i % 3 > 0 THEN 5 + (i % 11) / 2.0 END, datetime(1672531200 + i * 21, 'unixepoch'), i % 10 = 0
  FROM n;
INSERT INTO posts SELECT i, 1 + i % 50000, CASE WHEN i % 8 > 0 THEN i - i % 8 END,
  replace(printf('%0' || (3 + i % 12) * 10 || 'd', i), '0', 'word, '),
  datetime(1640995200 + i * 117, 'unixepoch') FROM n WHERE i BETWEEN 8 AND 200000;
COMMIT;
ANALYZE;
