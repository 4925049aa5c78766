-- A fitness and community application: psql -v scale=250 makes 1.6 million rows. Every value is a
-- function of its row's number.
CREATE TYPE visibility AS ENUM ('private', 'friends', 'public');
CREATE TABLE users (
  id serial PRIMARY KEY, email text NOT NULL UNIQUE, password_hash text NOT NULL,
  created_at timestamptz NOT NULL, last_login timestamptz, is_active boolean NOT NULL,
  external_id uuid NOT NULL, settings jsonb NOT NULL);
CREATE TABLE exercises (id serial PRIMARY KEY, name text NOT NULL UNIQUE, muscle text NOT NULL);
CREATE TABLE routines (
  id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users, name varchar(120) NOT NULL,
  visible visibility NOT NULL, days int[] NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE sessions (
  id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users, routine_id int REFERENCES routines,
  started_at timestamptz NOT NULL, ended_at timestamptz, feeling smallint, notes text);
CREATE TABLE sets (
  id bigserial PRIMARY KEY, session_id int NOT NULL REFERENCES sessions,
  exercise_id int NOT NULL REFERENCES exercises, position smallint NOT NULL,
  reps smallint NOT NULL, weight numeric(7,2) NOT NULL, rpe real, done_at timestamptz NOT NULL,
  is_warmup boolean NOT NULL);
CREATE TABLE posts (
  id bigserial PRIMARY KEY, author_id int NOT NULL REFERENCES users,
  parent_id bigint REFERENCES posts, body text NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE tags (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE post_tags (
  post_id bigint NOT NULL REFERENCES posts, tag_id int NOT NULL REFERENCES tags,
  PRIMARY KEY (post_id, tag_id));

INSERT INTO users SELECT i, 'user' || i || '@example.com', md5(i::text) || md5('x' || i),
  timestamptz '2021-01-01' + i * interval '7 min', CASE WHEN i % 7 > 0 THEN now() END, i % 23 > 0,
  md5(i::text)::uuid, jsonb_build_object('theme', 'dark', 'rest_s', 30 + i % 200, 'goal', i / 7.0)
FROM generate_series(1, 50 * :scale) i;
INSERT INTO exercises SELECT i, 'Exercise ' || i, 'legs' FROM generate_series(1, 300) i;
INSERT INTO routines SELECT i, 1 + i % (50 * :scale), 'Routine ' || i, 'friends', ARRAY[i % 7, 3],
  timestamptz '2022-01-01' + i * interval '3 min' FROM generate_series(1, 100 * :scale) i;
INSERT INTO sessions SELECT i, 1 + i % (50 * :scale), CASE WHEN i % 5 > 0 THEN 1 + i % (100 * :scale) END,
  timestamptz '2023-01-01' + i * interval '211 s', NULL, i % 5,
  CASE WHEN i % 4 = 0 THEN 'felt "good", ' || repeat('very ', i % 20) END
FROM generate_series(1, 400 * :scale) i;
INSERT INTO sets SELECT i, 1 + (i - 1) / 10 % (400 * :scale), 1 + i % 300, i % 10, i % 20,
  (i % 80000) / 400.0, CASE WHEN i % 3 > 0 THEN 5 + (i % 11) / 2.0 END,
  timestamptz '2023-01-01' + i * interval '21.1 s', i % 10 = 0
FROM generate_series(1, 4000 * :scale) i;
INSERT INTO posts SELECT i, 1 + i % (50 * :scale), CASE WHEN i % 8 > 0 THEN i - i % 8 END,
  repeat('a word or two, ' || md5(i::text) || E'\n', 3 + i % 12),
  timestamptz '2022-01-01' + i * interval '117.5 s'
FROM generate_series(8, 800 * :scale) i;
INSERT INTO tags SELECT i, 'tag-' || i FROM generate_series(1, 300) i;
INSERT INTO post_tags SELECT 8 + i % (800 * :scale - 8), 1 + i / (800 * :scale) * 150 + i % 100
FROM generate_series(1, 1200 * :scale) i;
CREATE INDEX ON routines (user_id);
CREATE INDEX ON sessions (user_id);
CREATE INDEX ON sessions (routine_id);
CREATE INDEX ON sets (session_id);
CREATE INDEX ON posts (author_id);
CREATE INDEX ON posts (parent_id);
CREATE INDEX ON post_tags (tag_id);
SELECT format('SELECT setval(%L, max(id)) FROM %I', relname || '_id_seq', relname)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'post_tags'
\gexec
VACUUM ANALYZE;
