#include "engines/sqlite/column_type.h"

#include "support/catch.h"

namespace dbkeeper::sqlite {

TEST_CASE("a type keeps its name as written") {
  CHECK(column_type("VarChar(80)").name == "VarChar(80)");
}

TEST_CASE("frameworks' type names tell what a column holds") {
  const std::pair<const char*, Family> types[] = {
      {"BOOLEAN", Family::boolean},
      {"bool", Family::boolean},
      {"DATE", Family::date},
      {"TIME", Family::time},
      {"DATETIME", Family::timestamp},
      {"timestamp(6)", Family::timestamp},
      {"TIMESTAMP WITH TIME ZONE", Family::timestamptz},
      {"TIMESTAMP WITHOUT TIME ZONE", Family::timestamp},
      {"JSON", Family::any},
      {"JSONB", Family::any},
      {"UUID", Family::uuid},
      {"NUMERIC(10, 2)", Family::decimal},
      {"DECIMAL", Family::decimal},
      {"VARBINARY(16)", Family::bytes},
      {"", Family::any},
      {"ANY", Family::any},
  };
  for (const auto& [name, family] : types) {
    INFO(name);
    CHECK(column_type(name).family == family);
  }
}

TEST_CASE("other type names go by SQLite's affinity") {
  const std::pair<const char*, Family> types[] = {
      {"INTEGER", Family::integer},
      {"bigint", Family::integer},
      {"UNSIGNED BIG INT", Family::integer},
      {"FLOATING POINT", Family::integer},
      {"TEXT", Family::text},
      {"NVARCHAR(100)", Family::text},
      {"CHARACTER VARYING", Family::text},
      {"CLOB", Family::text},
      {"BLOB", Family::bytes},
      {"REAL", Family::real},
      {"DOUBLE PRECISION", Family::real},
      {"FLOAT", Family::real},
      {"STRING", Family::any},
      {"geometry", Family::any},
  };
  for (const auto& [name, family] : types) {
    INFO(name);
    CHECK(column_type(name).family == family);
  }
}

TEST_CASE("a column's affinity goes by the letters in its type's name") {
  const std::pair<const char*, Affinity> types[] = {
      {"", Affinity::none},
      {"BLOB", Affinity::none},
      {"BIGINT", Affinity::integer},
      {"POINT", Affinity::integer},
      {"VARCHAR(9)", Affinity::text},
      {"DOUBLE", Affinity::real},
      {"DATETIME", Affinity::numeric},
      {"JSON", Affinity::numeric},
      {"UUID", Affinity::numeric},
  };
  for (const auto& [name, affinity] : types) {
    INFO(name);
    CHECK(column_type(name).affinity == affinity);
  }
}

}  // namespace dbkeeper::sqlite
