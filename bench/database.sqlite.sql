-- The same application as in database.postgres.sql, in SQLite: with :scale 250, 1.6 million rows.
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
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000 * :scale)
  SELECT i FROM n;
BEGIN;
INSERT INTO users SELECT i, 'user' || i || '@example.com', printf('%064x', i * 7919),
  datetime(1609459200 + i * 420, 'unixepoch'), i % 23 > 0, '{"theme":"dark","rest_s":' || i % 200 || '}'
  FROM n WHERE i <= 200 * :scale;
INSERT INTO sessions SELECT i, 1 + i % (200 * :scale), datetime(1672531200 + i * 211, 'unixepoch'),
  NULL, i % 5, CASE WHEN i % 4 = 0 THEN 'felt "good", very, very well' END FROM n WHERE i <= 1200 * :scale;
INSERT INTO sets SELECT i, 1 + i % (1200 * :scale), i % 10, i % 20, (i % 80000) / 400.0,
  CASE WHEN i % 3 > 0 THEN 5 + (i % 11) / 2.0 END, datetime(1672531200 + i * 21, 'unixepoch'), i % 10 = 0
  FROM n;
INSERT INTO posts SELECT i, 1 + i % (200 * :scale), CASE WHEN i % 8 > 0 THEN i - i % 8 END,
  replace(printf('%0' || (3 + i % 12) * 10 || 'd', i), '0', 'word, '),
  datetime(1640995200 + i * 117, 'unixepoch') FROM n WHERE i BETWEEN 8 AND 800 * :scale;
COMMIT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sets_session ON sets (session_id);
CREATE INDEX posts_author ON posts (author_id);
CREATE INDEX posts_parent ON posts (parent_id);
ANALYZE;
