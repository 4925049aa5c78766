# Databases to measure on, made on the server of $url or in a folder, and dropped in the end. To be
# sourced in the project's root, with `say` defined, url, file and scale set.
# shellcheck shell=bash
folder=$(mktemp -d)
export HOME=$folder
pg=${DBKEEPER_TEST_PGBIN:+$DBKEEPER_TEST_PGBIN/}
prefix=dbkeeper_bench_$$
made=()

cleanup() {
  local name
  for name in "${made[@]}"; do
    sql "$url" -c "DROP DATABASE IF EXISTS $name" 2>/dev/null || say "could not drop $name"
  done
  rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sql() { "${pg}psql" -qXAt -v ON_ERROR_STOP=1 "$@"; }

at() {  # NAME: the URL of the database made under that name
  local head=${url%%\?*}
  echo "${head%/*}/${prefix}_$1${url#"$head"}"
}

# A copy of the files writes them out, too, so that no run pays for what the one before left behind.
make() {  # NAME [TEMPLATE]: a database, in the place of the one of that name
  local template=template0 strategy=''
  [ -z "${2:-}" ] || template=${prefix}_$2
  [ "$version" -lt 150000 ] || strategy='STRATEGY file_copy'
  if [[ " ${made[*]} " == *" ${prefix}_$1 "* ]]; then
    sql "$url" -c "DROP DATABASE IF EXISTS ${prefix}_$1" || return
  fi
  made+=("${prefix}_$1")
  sql "$url" -c "CREATE DATABASE ${prefix}_$1 TEMPLATE $template $strategy"
}

make_source() {
  say "making a PostgreSQL database"
  make source
  source=$(at source)
  sql "$source" -v scale="$scale" -f bench/database.postgres.sql >/dev/null
}

make_sqlite_file() {
  say "making an SQLite database"
  file=$folder/source.db
  sqlite3 -cmd ".parameter set :scale $scale" "$file" <bench/database.sqlite.sql >/dev/null
}

# Whatever was not given: to be called once url and file are what the user gave.
reach_server() {
  source=$url
  url=${url:-$DBKEEPER_TEST_POSTGRES}
  version=$(sql "$url" -c 'SHOW server_version_num')
  target=$(at target)
}
