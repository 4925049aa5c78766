#include "support/fixtures.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace dbkeeper::testing {
namespace {

const std::filesystem::path kFolder = DBKEEPER_FIXTURES;

// "a.sqlite.sql" is for SQLite alone, "a.sql" for every engine.
std::string engine_of(const std::filesystem::path& file) {
  const std::string extension = file.stem().extension().string();
  return extension.empty() ? extension : extension.substr(1);
}

std::filesystem::path path_of(std::string_view name) {
  const std::filesystem::path exact = kFolder / name;
  if (std::filesystem::exists(exact) || engine_of(exact).empty()) return exact;
  return exact.parent_path() / exact.stem().replace_extension(".sql");
}

std::string table_name(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "t%04d", number);
  return text;
}

}  // namespace

std::string fixture(std::string_view name) {
  const std::filesystem::path path = path_of(name);
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read the fixture " + path.string());
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

std::vector<std::string> fixtures_for(std::string_view engine) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".sql") continue;
    const std::string only_for = engine_of(entry.path());
    if (only_for.empty() || only_for == engine) {
      names.push_back(entry.path().lexically_relative(kFolder).string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string large_schema(int tables) {
  std::string sql;
  for (int i = 0; i < tables; ++i) {
    const std::string name = table_name(i);
    const std::string parent = table_name(i % 10 == 0 ? i : i * 7 / 10);
    sql += "CREATE TABLE " + name + " (id integer PRIMARY KEY, parent_id integer REFERENCES " +
           parent + " (id), code varchar(40) NOT NULL, name varchar(80), amount numeric(12, 2), " +
           "done boolean, made_at timestamp, day date, factor double precision, note text, " +
           "UNIQUE (code));\nCREATE INDEX " + name + "_parent ON " + name + " (parent_id);\n";
  }
  return sql;
}

}  // namespace dbkeeper::testing
