#include "core/diff_schema.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "dbkeeper/base/text.h"
#include "dbkeeper/core/natural_keys.h"

namespace dbkeeper {
namespace {

std::string list_of(const std::vector<std::string>& names) {
  return fmt::format("({})", join(names, ", "));
}

// Each in the order of its enumeration.
constexpr std::array<std::string_view, 8> kOrigins = {
    "", "identity always", "identity", "serial", "autoincrement", "rowid", "stored", "virtual"};
constexpr std::array<std::string_view, 5> kActions = {"no action", "restrict", "cascade",
                                                      "set null", "set default"};

// A file doesn't tell the two kinds of identity apart.
std::string origin_of(const Column& column, SchemaDetail detail) {
  const bool alike = column.origin == Origin::identity_always && detail == SchemaDetail::of_export;
  const Origin origin = alike ? Origin::identity_by_default : column.origin;
  return std::string(kOrigins.at(static_cast<std::size_t>(origin)));
}

std::string_view name_of(ForeignKey::Action action) {
  return kActions.at(static_cast<std::size_t>(action));
}

std::string type_of(const Column& column) {
  if (!column.type.domain.empty())
    return fmt::format("{} ({})", column.type.domain, column.type.name);
  return column.type.name.empty() ? "no type" : column.type.name;
}

// A serial's default names its sequence, which is called as it happens.
std::string default_of(const Column& column) {
  return column.numbered() ? std::string() : column.default_expression;
}

class Comparison {
 public:
  Comparison(const Schema& schema_a, const Table& a, const Schema& schema_b, const Table& b,
             SchemaDetail detail)
      : schema_a_(schema_a), a_(a), schema_b_(schema_b), b_(b), detail_(detail) {}

  std::vector<SchemaDifference> run() {
    compare_columns();
    note("primary key", "", primary_key_of(a_), primary_key_of(b_));
    compare_sets("unique key", unique_keys_of(a_), unique_keys_of(b_));
    compare_sets("foreign key", foreign_keys_of(schema_a_, a_), foreign_keys_of(schema_b_, b_));
    return std::move(found_);
  }

 private:
  void note(const char* what, const std::string& column, std::string a, std::string b) {
    if (a != b) found_.push_back({what, column, std::move(a), std::move(b)});
  }

  void compare_columns() {
    for (const Column& column : a_.columns) {
      if (const Column* other = b_.find_column(column.name))
        compare(column, *other);
      else
        note("column", column.name, type_of(column), "");
    }
    for (const Column& column : b_.columns)
      if (!a_.find_column(column.name)) note("column", column.name, "", type_of(column));
  }

  void compare(const Column& a, const Column& b) {
    // Engines take a type's name in any case, and some keep it as it was written.
    if (lower_ascii(type_of(a)) != lower_ascii(type_of(b)))
      note("type", a.name, type_of(a), type_of(b));
    note("labels", a.name, join(a.type.labels, ", "), join(b.type.labels, ", "));
    const auto nullable = [](const Column& column) {
      return column.nullable ? "nullable" : "not null";
    };
    note("nullable", a.name, nullable(a), nullable(b));
    note("generated", a.name, origin_of(a, detail_), origin_of(b, detail_));
    if (detail_ != SchemaDetail::full) return;
    note(a.generated() && b.generated() ? "expression" : "default", a.name, default_of(a),
         default_of(b));
    note("collation", a.name, a.collation, b.collation);
  }

  static std::string primary_key_of(const Table& table) {
    return table.primary_key ? list_of(table.primary_key->columns()) : std::string();
  }

  // A constraint and an index of the same columns are the same key.
  std::set<std::string> unique_keys_of(const Table& table) const {
    std::set<std::string> keys;
    for (const Key& key : table.unique) {
      if (detail_ == SchemaDetail::of_export) {
        if (key.valid && !key.has_expression() && key.predicate.empty())
          keys.insert(list_of(key.columns()));
        continue;
      }
      std::string text = fmt::format("({})", describe(key));
      if (key.nulls_not_distinct) text += " nulls not distinct";
      if (key.deferrable) text += " deferrable";
      if (!key.valid) text += " not valid";
      keys.insert(std::move(text));
    }
    return keys;
  }

  std::set<std::string> foreign_keys_of(const Schema& schema, const Table& table) const {
    std::set<std::string> keys;
    for (const ForeignKey& key : table.foreign_keys) {
      std::string text = fmt::format("{} → {} {}", list_of(key.columns),
                                     schema.display(key.references), list_of(key.to));
      if (detail_ == SchemaDetail::full) text += details_of(key);
      keys.insert(std::move(text));
    }
    return keys;
  }

  static std::string details_of(const ForeignKey& key) {
    std::string text;
    if (key.on_update != ForeignKey::Action::no_action)
      text += fmt::format(" on update {}", name_of(key.on_update));
    if (key.on_delete != ForeignKey::Action::no_action)
      text += fmt::format(" on delete {}", name_of(key.on_delete));
    if (key.match == ForeignKey::Match::full) text += " match full";
    if (key.deferrable) text += " deferrable";
    if (key.initially_deferred) text += " initially deferred";
    if (!key.validated) text += " not valid";
    return text;
  }

  void compare_sets(const char* what, const std::set<std::string>& a,
                    const std::set<std::string>& b) {
    for (const std::string& text : a)
      if (!b.contains(text)) note(what, "", text, "");
    for (const std::string& text : b)
      if (!a.contains(text)) note(what, "", "", text);
  }

  const Schema& schema_a_;
  const Table& a_;
  const Schema& schema_b_;
  const Table& b_;
  const SchemaDetail detail_;
  std::vector<SchemaDifference> found_;
};

}  // namespace

std::vector<SchemaDifference> compare_tables(const Schema& schema_a, const Table& a,
                                             const Schema& schema_b, const Table& b,
                                             SchemaDetail detail) {
  return Comparison(schema_a, a, schema_b, b, detail).run();
}

}  // namespace dbkeeper
