#include "dbkeeper/formats/export_json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/schemas.h"
#include "dbkeeper/base/error.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;
using export_json::Reader;
using export_json::Writer;

namespace {

const export_json::Metadata kMetadata = {"2026-01-02T03:04:05.678Z", "shop", "memory", "1",
                                         "0.1.0"};

Schema values_schema() {
  Table values = table("values");
  for (const auto& [name, family] :
       std::vector<std::pair<const char*, Family>>{{"b", Family::boolean},
                                                   {"r", Family::real},
                                                   {"f", Family::single},
                                                   {"d", Family::decimal},
                                                   {"t", Family::text},
                                                   {"j", Family::json},
                                                   {"y", Family::bytes}})
    values.columns.push_back(column(name, family, true));
  return schema({values});
}

std::vector<std::string> columns_of(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

std::vector<Family> families_of(const Table& table) {
  std::vector<Family> families;
  for (const Column& column : table.columns) families.push_back(column.type.family);
  return families;
}

std::string written(const Schema& schema, const std::vector<const Batch*>& rows) {
  std::string out;
  std::vector<const Table*> tables;
  for (const Table& table : schema.tables) tables.push_back(&table);
  Writer writer([&](std::string_view bytes) { out += bytes; }, kMetadata, schema, tables);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    writer.begin_table(*tables[i], columns_of(*tables[i]));
    if (rows[i]) writer.rows(*rows[i]);
    writer.end_table();
  }
  writer.finish();
  return out;
}

// Hands the text out in pieces, so that every token meets the edge of the window.
export_json::Input in_pieces(std::string text, std::size_t piece) {
  return
      [text = std::move(text), piece, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = std::min({piece, size, text.size() - at});
        std::memcpy(buffer, text.data() + at, count);
        at += count;
        return count;
      };
}

Batch sample_rows(const Schema& schema) {
  Batch batch(schema.tables[0].columns.size());
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

ErrorKind kind_of_reading(const std::string& text) {
  try {
    Reader reader(in_pieces(text, 64));
    const Schema target = values_schema();
    while (reader.next_table()) {
      const auto rows = reader.rows(families_of(target.tables[0]));
      Batch batch(8);
      while (rows->next(batch)) {
      }
    }
  } catch (const Error& error) {
    CHECK_FALSE(error.message().empty());
    return error.kind();
  }
  return ErrorKind::failed;
}

}  // namespace

TEST_CASE("an export is a JSON document that any parser reads, one row a line") {
  const Schema shop = values_schema();
  const Batch rows = sample_rows(shop);
  const std::string text = written(shop, {&rows});
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
  const Schema shop = values_schema();
  const Batch rows = sample_rows(shop);
  const std::string text = written(shop, {&rows});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
    Reader reader(in_pieces(text, piece));
    CHECK(reader.metadata().database == "shop");
    REQUIRE(reader.next_table());
    const auto source = reader.rows(families_of(shop.tables[0]));
    Batch back(8);
    REQUIRE(source->next(back));
    REQUIRE(back.rows() == 3);
    for (std::size_t row = 0; row < 3; ++row)
      for (std::size_t column = 0; column < 8; ++column) {
        CAPTURE(row, column);
        const CellView was = rows.at(row, column), now = back.at(row, column);
        CHECK(now.integer == was.integer);
        CHECK(now.text == was.text);
        if (std::isnan(was.real))
          CHECK(std::isnan(now.real));
        else
          CHECK(std::memcmp(&now.real, &was.real, sizeof now.real) == 0);
      }
    CHECK_FALSE(source->next(back));
    CHECK_FALSE(reader.next_table());
  }
}

TEST_CASE("empty tables and tables without columns survive") {
  Schema shop = schema({table("none"), table("void")});
  shop.tables[1].columns.clear();
  Batch two(0);
  two.add_empty_row();
  two.add_empty_row();
  Reader reader(in_pieces(written(shop, {nullptr, &two}), 16));
  CHECK(reader.next_table()->name == "none");
  Batch batch(1);
  CHECK_FALSE(reader.rows({Family::integer})->next(batch));
  CHECK(reader.next_table()->columns.empty());
  Batch nothing(0);
  const auto source = reader.rows({});
  CHECK(source->next(nothing));
  CHECK(nothing.rows() == 2);
  CHECK_FALSE(source->next(nothing));
  CHECK_FALSE(reader.next_table());
}

TEST_CASE("a document cut anywhere is an invalid input") {
  const Schema shop = values_schema();
  const Batch rows = sample_rows(shop);
  const std::string text = written(shop, {&rows});
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    CAPTURE(length);
    REQUIRE(kind_of_reading(text.substr(0, length)) == ErrorKind::input);
  }
}

TEST_CASE("what is no export, of another version, or too deep is refused with the line") {
  const Schema shop = values_schema();
  const Batch rows = sample_rows(shop);
  const std::string text = written(shop, {&rows});
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string out = text;
    out.replace(out.find(from), from.size(), to);
    return out;
  };
  CHECK(kind_of_reading("{\"a\":1}") == ErrorKind::input);
  CHECK(kind_of_reading(std::string(200'000, '[')) == ErrorKind::input);
  CHECK(kind_of_reading(std::string("\0\x01", 2)) == ErrorKind::input);
  CHECK(kind_of_reading(replaced("\"1.0\"", "\"9.0\"")) == ErrorKind::input);
  CHECK(kind_of_reading(replaced("\"b\":true", "\"id\":true")) == ErrorKind::input);
  CHECK(kind_of_reading(replaced("\"b\":true", "\"zz\":true")) == ErrorKind::input);
  CHECK(kind_of_reading(replaced("\"b\":true,", "")) == ErrorKind::input);
  CHECK(kind_of_reading(replaced("AAH/IQ==", "AAH/IQ=")) == ErrorKind::input);
  CHECK(kind_of_reading(replaced("\"rows\": 3}}", "\"rows\": 4}}")) == ErrorKind::input);
  try {
    Reader reader(in_pieces(replaced("\"b\":true", "\"b\":tru"), 64));
    REQUIRE(reader.next_table());
    Batch batch(8);
    reader.rows(families_of(shop.tables[0]))->next(batch);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.table() == "values");
    CHECK(error.line() == 8);
  }
}
