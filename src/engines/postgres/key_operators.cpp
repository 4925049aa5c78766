#include "engines/postgres/key_operators.h"

#include "dbkeeper_postgres_sql.h"

namespace dbkeeper::postgres {
namespace {

std::uint32_t number(const pqxx::field& field) {
  return static_cast<std::uint32_t>(std::strtoul(field.c_str(), nullptr, 10));
}

}  // namespace

std::optional<Equality> KeyOperators::of_key(const TableName& table, const std::string& index,
                                             std::size_t part) {
  if (!keys_) {
    keys_.emplace();
    for (const auto& row : session_.query(sql::kKeyOperators))
      (*keys_)[{{row["nspname"].c_str(), row["relname"].c_str()}, row["key"].c_str()}].push_back(
          {row["operator"].c_str(), row["collation"].c_str()});
  }
  const auto at = keys_->find({table, index});
  if (at == keys_->end() || part >= at->second.size()) return std::nullopt;
  return at->second[part];
}

std::optional<Equality> KeyOperators::of_columns(const TableName& left_table,
                                                 const std::string& left,
                                                 const TableName& right_table,
                                                 const std::string& right) {
  read_defaults();
  const auto a = classes_.find({left_table, left}), b = classes_.find({right_table, right});
  if (a == classes_.end() || b == classes_.end()) return std::nullopt;
  const auto at = equalities_.find({a->second.family, a->second.type, b->second.type});
  if (at == equalities_.end()) return std::nullopt;
  return Equality{at->second, a->second.collation};
}

void KeyOperators::read_defaults() {
  if (defaults_read_) return;
  for (const auto& row : session_.query(sql::kColumnOperatorClasses))
    classes_[{{row["nspname"].c_str(), row["relname"].c_str()}, row["attname"].c_str()}] = {
        number(row["family"]), number(row["type"]), row["collation"].c_str()};
  for (const auto& row : session_.query(sql::kEqualities))
    equalities_[{number(row["family"]), number(row["left"]), number(row["right"])}] =
        row["operator"].c_str();
  defaults_read_ = true;
}

}  // namespace dbkeeper::postgres
