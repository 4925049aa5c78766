#!/bin/sh
# Proves that scripts/check-layers finds what it is there for: a good tree passes; then bad lines are
# added to it, and each has to be named with its file, line and rule.
set -eu
check=$(cd "$(dirname "$0")/.." && pwd)/scripts/check-layers
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

add() { mkdir -p "$tree/${1%/*}" && printf '%s\n' "$2" >>"$tree/$1"; }

refused() {  # FILE LINE RULE
  add "$1" "$2"
  echo "$1:$(($(wc -l <"$tree/$1"))): $3" >>"$tree/expected"
}

add src/main.cpp '#include "cli/run.h"'
add src/base/digest.cpp '#include <openssl/evp.h>'
add src/cli/run.cpp '#include "dbkeeper/core/check.h"'
add src/core/check.cpp '#include "dbkeeper/engines/database.h"  // PostgreSQL or SQLite'
add src/core/check.cpp 'throw Error(ErrorKind::usage, "sqlite files have no schemas");'
add src/engines/connect.cpp '#include "engines/sqlite/sqlite.h"'
add src/engines/postgres/copy.cpp '#include <libpq-fe.h>'
add src/engines/sqlite/rows.cpp '#include <sqlite3.h>'
add src/engines/sqlite/rows.cpp '#include "engines/staging/dialect.h"'
add src/formats/backup/codec.cpp '#include <zstd.h>'
add include/dbkeeper/model/batch.h '#include "dbkeeper/base/text.h"'
"$check" "$tree" || { echo "the good tree was refused"; exit 1; }

refused src/base/text.cpp '#include "dbkeeper/model/schema.h"' 'rule 1'
refused src/core/plan.cpp '#include "dbkeeper/commands/command.h"' 'rule 1'
refused src/core/plan.cpp '#include "engines/postgres/wire.h"' 'rule 1'
refused src/core/plan.cpp '#include "../cli/run.h"' 'rule 1'
refused include/dbkeeper/core/plan.h '#include "core/plan_private.h"' 'rule 1'
refused include/dbkeeper/model/batch.h '  #  include "dbkeeper/core/plan.h"' 'rule 1'
refused src/core/plan.cpp '#include <pqxx/pqxx>' 'rule 2'
refused src/engines/sqlite/rows.cpp '#include <libpq-fe.h>' 'rule 2'
refused src/engines/postgres/copy.cpp '#include <sqlite3.h>' 'rule 2'
refused src/commands/check.cpp '#include <nlohmann/json.hpp>' 'rule 2'
refused src/core/plan.cpp '#include <CLI/CLI.hpp>' 'rule 2'
refused src/core/plan.cpp '#include <spdlog/spdlog.h>' 'rule 2'
refused src/commands/check.cpp '#include <toml++/toml.h>' 'rule 2'
refused src/base/text.cpp '#include <xxhash.h>' 'rule 2'
refused src/engines/sqlite/rows.cpp '#include <zstd.h>' 'rule 2'
refused src/engines/postgres/copy.cpp '#include "engines/sqlite/sqlite.h"' 'rule 3'
refused src/engines/staging/dialect.h '#include "engines/sqlite/sqlite.h"' 'rule 3'
refused src/engines/postgres/copy.cpp '#include "dbkeeper/formats/export_json.h"' 'rule 1'
refused src/formats/backup/tar.cpp '#include "dbkeeper/engines/database.h"' 'rule 1'
refused src/engines/registry.cpp '#include "engines/sqlite/sqlite.h"' 'rule 3'
refused src/core/check.cpp 'if (info.engine == "sqlite") return;' 'rule 4'
refused src/core/check.cpp 'if ("postgresql" != info.engine) return;' 'rule 4'
refused src/commands/check.cpp 'if (is_SQLite) return;' 'rule 4'
refused src/formats/backup/tar.cpp 'void write_postgres_member();' 'rule 4'

if "$check" "$tree" >"$tree/found"; then
  echo "the bad tree passed"
  exit 1
fi
while read -r place; do
  grep -qF "$place" "$tree/found" || { echo "not found: $place"; failed=1; }
done <"$tree/expected"
places=$(grep -c ': rule ' "$tree/found")
[ "$places" -eq "$(wc -l <"$tree/expected")" ] || { echo "more was found:"; cat "$tree/found"; failed=1; }
exit "${failed:-0}"
