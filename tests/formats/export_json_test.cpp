// What the writer writes, the reader reads back as it was; and any JSON parser can read it.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/schemas.h"
#include "dbkeeper/model/array.h"
#include "support/catch.h"
#include "support/documents.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

constexpr std::size_t kWhole = std::size_t{1} << 20;

Schema values_schema() {
  return schema({table_of_kinds("values", {{"b", Family::boolean},
                                           {"r", Family::real},
                                           {"f", Family::single},
                                           {"d", Family::decimal},
                                           {"t", Family::text},
                                           {"j", Family::json},
                                           {"y", Family::bytes}})});
}

Batch sample_rows() {
  Batch batch(8);
  batch.add_integer(INT64_MAX);
  batch.add_boolean(true);
  batch.add_real(-0.0);
  batch.add_single(0.1f);
  batch.add(CellKind::plain, "123456789012345678901234567890.10");
  batch.add(CellKind::text, "a \"quoted\"\\ line\nbreak \x01 \xc3\xa9");
  batch.add(CellKind::json, R"({"a": [1, 2.50, {"b": null}]})");
  batch.add(CellKind::bytes, std::string_view("\0\x01\xff!", 4));
  batch.add_integer(INT64_MIN);
  for (int i = 0; i < 7; ++i) batch.add_null();
  batch.add_integer(0);
  batch.add_boolean(false);
  batch.add_real(std::numeric_limits<double>::infinity());
  batch.add_single(std::numeric_limits<float>::quiet_NaN());
  batch.add(CellKind::plain, "NaN");
  batch.add(CellKind::text, "");
  batch.add(CellKind::json, "\"just text\"");
  batch.add(CellKind::bytes, "");
  return batch;
}

void check_cell(const CellView& now, const CellView& was) {
  CHECK((now.kind == was.kind || (now.kind == CellKind::text && was.kind == CellKind::plain)));
  CHECK(now.integer == was.integer);
  CHECK(now.text == was.text);
  if (std::isnan(was.real))
    CHECK(std::isnan(now.real));
  else
    CHECK(std::memcmp(&now.real, &was.real, sizeof now.real) == 0);
}

// One table of one column, its cells written and read back.
void check_round_trip(const Column& column, const Batch& rows) {
  Table only = table("only");
  only.columns = {column};
  only.primary_key.reset();
  const std::string text = written(schema({only}), {&rows});
  CAPTURE(text);
  ExportReader reader(std::make_unique<TextSource>(text));
  REQUIRE(reader.next_table());
  Batch back(1);
  REQUIRE(reader.rows()->next(back));
  REQUIRE(back.rows() == rows.rows());
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    CAPTURE(row);
    check_cell(back.at(row, 0), rows.at(row, 0));
  }
  CHECK_FALSE(reader.next_table());
}

}  // namespace

TEST_CASE("an export is a JSON document that any parser reads, one row a line") {
  const Batch rows = sample_rows();
  const std::string text = written(values_schema(), {&rows});
  const auto document = nlohmann::json::parse(text);
  CHECK(document["export_metadata"]["format"] == "dbkeeper");
  CHECK(document["export_metadata"]["version"] == "1.0");
  CHECK(document["schema"]["values"]["primary_key"] == nlohmann::json({"id"}));
  CHECK(document["data"]["values"].size() == 3);
  CHECK(document["data"]["values"][0]["t"] == "a \"quoted\"\\ line\nbreak \x01 \xc3\xa9");
  CHECK(document["data"]["values"][0]["d"] == "123456789012345678901234567890.10");
  CHECK(document["data"]["values"][2]["r"] == "Infinity");
  CHECK(document["summary"]["tables"]["values"]["rows"] == 3);
  CHECK(text.find("\n{\"id\":9223372036854775807,\"b\":true,\"r\":-0.0,\"f\":0.1,") !=
        std::string::npos);
}

TEST_CASE("every cell comes back from an export as it was, at any reading pace") {
  const Batch rows = sample_rows();
  const std::string text = written(values_schema(), {&rows});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, kWhole}) {
    ExportReader reader(std::make_unique<TextSource>(text, piece));
    CHECK(reader.metadata().database == "shop");
    const auto table = reader.next_table();
    REQUIRE(table);
    CHECK(table->columns == std::vector<std::string>{"id", "b", "r", "f", "d", "t", "j", "y"});
    const auto source = reader.rows();
    Batch back(8);
    REQUIRE(source->next(back));
    REQUIRE(back.rows() == 3);
    for (std::size_t row = 0; row < 3; ++row)
      for (std::size_t column = 0; column < 8; ++column) {
        CAPTURE(row, column);
        check_cell(back.at(row, column), rows.at(row, column));
      }
    CHECK_FALSE(source->next(back));
    CHECK(reader.total().rows == 3);
    CHECK_FALSE(reader.next_table());
  }
}

TEST_CASE("a value of any kind survives in a column of any kind that a database may give it in") {
  for (const Family family :
       {Family::integer, Family::decimal, Family::real, Family::boolean, Family::text,
        Family::bytes, Family::date, Family::time, Family::timestamp, Family::timestamptz,
        Family::uuid, Family::any, Family::other}) {
    CAPTURE(static_cast<int>(family));
    Batch rows(1);
    rows.add_integer(7);
    rows.add_integer(INT64_MIN);
    rows.add_real(7.0);
    rows.add_real(-0.0);
    rows.add_real(5e-324);
    rows.add_real(0.1 + 0.2);
    rows.add_real(std::numeric_limits<double>::infinity());
    rows.add_real(-std::numeric_limits<double>::infinity());
    rows.add(CellKind::text, "7");
    rows.add(CellKind::text, "NaN");
    rows.add(CellKind::text, "");
    rows.add(CellKind::text, std::string_view("nul \0 and {\"$type\":\"text\"}", 26));
    rows.add(CellKind::text, "\xff\xfe not UTF-8");
    rows.add(CellKind::bytes, "\xff\xfe\x01");
    rows.add(CellKind::bytes, "");
    rows.add_null();
    check_round_trip(column("c", family, true), rows);
  }
}

TEST_CASE("json is kept byte for byte, whatever it holds") {
  const std::string deep = std::string(950, '[') + std::string(950, ']');
  for (const Family family : {Family::json, Family::jsonb}) {
    Batch rows(1);
    for (const std::string_view json :
         {R"("text")", "1", "-0.0", "1e400", "12345678901234567890123456789.10", "null", "true",
          "[]", "{}", R"({"$type":"json","value":1})", R"({"a":{"$type":"x"}})", R"({"a":1,"a":2})",
          R"(["\ud800", "\u00e9\/"])", " [1]", "[1,\n2]", R"({"b": 1 , "a":2})",
          R"({"\u0024type":1})"})
      rows.add(CellKind::json, json);
    rows.add(CellKind::json, deep);
    rows.add(CellKind::json, "\"\xff\"");
    rows.add_null();
    check_round_trip(column("c", family, true), rows);
  }
}

TEST_CASE("arrays keep their elements, depth and bounds") {
  Column ints = column("c", Family::array, true);
  ints.type.element.push_back({.name = "integer", .family = Family::integer});
  Batch rows(1);
  ArrayBuilder array;
  const auto add = [&](const std::vector<ArrayDimension>& dimensions, int elements) {
    array.begin(dimensions);
    for (int i = 0; i < elements; ++i)
      array.add(i == 1 ? CellView{} : CellView{CellKind::integer, i, 0, {}});
    rows.add(CellKind::array, array.bytes());
  };
  add({}, 0);
  add({{1, 3}}, 3);
  add({{1, 2}, {1, 3}}, 6);
  add({{0, 2}, {-3, 1}, {1, 2}}, 4);
  rows.add_null();
  check_round_trip(ints, rows);

  Column jsons = column("c", Family::array, true);
  jsons.type.element.push_back({.name = "json", .family = Family::json});
  Batch documents(1);
  array.begin({{1, 4}});
  for (const char* json : {"[1,[2]]", "null", R"({"$type":1})", R"({"a": 1})"})
    array.add({CellKind::json, 0, 0, json});
  documents.add(CellKind::array, array.bytes());
  check_round_trip(jsons, documents);

  Column texts = column("c", Family::array, true);
  texts.type.element.push_back({.name = "text", .family = Family::text});
  Batch words(1);
  array.begin({{1, 2}});
  array.add({CellKind::text, 0, 0, "a\n\"b\""});
  array.add({CellKind::text, 0, 0, "\xff"});
  words.add(CellKind::array, array.bytes());
  check_round_trip(texts, words);
}

TEST_CASE("empty tables and tables without columns survive") {
  Schema shop = schema({table("none"), table("void")});
  shop.tables[1].columns.clear();
  shop.tables[1].primary_key.reset();
  Batch two(0);
  two.add_empty_row();
  two.add_empty_row();
  ExportReader reader(std::make_unique<TextSource>(written(shop, {nullptr, &two}), 16));
  const auto none = reader.next_table();
  CHECK(none->name == "none");
  CHECK(none->columns == std::vector<std::string>{"id"});
  Batch batch(1);
  CHECK_FALSE(reader.rows()->next(batch));
  CHECK(reader.next_table()->columns.empty());
  Batch nothing(0);
  const auto source = reader.rows();
  CHECK(source->next(nothing));
  CHECK(nothing.rows() == 2);
  CHECK_FALSE(source->next(nothing));
  CHECK_FALSE(reader.next_table());
}

TEST_CASE("a reader knows the schema and the metadata that the file tells of") {
  Schema shop = schema({table("orders", {"users"}), table("users")});
  shop.tables[0].name = {"sales", "orders.old"};
  shop.tables[1].unique.push_back(key("u", {"id"}));
  shop.tables[1].columns.push_back(column("mood", Family::other, true));
  shop.tables[1].columns.back().type.labels = {"sad", "happy"};
  shop.tables[1].columns.push_back(column("twice", Family::integer, true));
  shop.tables[1].columns.back().origin = Origin::stored;
  ExportReader reader(std::make_unique<TextSource>(written(shop, std::vector<TableRows>{})));
  CHECK(reader.metadata().engine == "memory");
  CHECK_FALSE(reader.metadata().source_id);
  const Table* users = reader.schema().find({"", "users"});
  REQUIRE(users);
  CHECK(users->primary_key->columns() == std::vector<std::string>{"id"});
  CHECK(users->columns[0].origin == Origin::serial);
  CHECK(users->columns[1].type.labels == std::vector<std::string>{"sad", "happy"});
  CHECK(users->columns[2].generated());
  CHECK(users->unique.size() == 1);
  const Table* orders = reader.schema().find({"sales", "orders.old"});
  REQUIRE(orders);
  CHECK(orders->foreign_keys.at(0).references == TableName{"", "users"});
}
