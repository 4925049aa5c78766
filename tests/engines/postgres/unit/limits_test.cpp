#include "engines/postgres/limits.h"

#include "dbkeeper/model/array.h"
#include "engines/postgres/oids.h"
#include "support/catch.h"

namespace dbkeeper::postgres {
namespace {

bool whole(std::uint32_t oid, const char* type_name, std::string_view value) {
  Type type;
  type.engine_id = oid;
  type.name = type_name;
  return Limits(type).keep_whole({CellKind::text, 0, 0, value});
}

std::string complaint(const Type& type, const CellView& cell) {
  const Limits limits(type);
  const char* complaint = limits.complaint(cell);
  return complaint ? complaint : "";
}

CellView text(std::string_view value) { return {CellKind::text, 0, 0, value}; }
CellView integer(std::int64_t value) { return {CellKind::integer, value, 0, {}}; }

}  // namespace

TEST_CASE("digits that numeric would round away don't pass, zeros do") {
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "1.23"));
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "1.2300"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(5,2)", "1.234"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(5,0)", "0.5"));
  CHECK(whole(oid::kNumeric, "numeric", "0.123456789"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(5,2)", "1e-3"));
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "1.5e-1"));
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "1200e-4"));
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "1.2345e2"));
}

TEST_CASE("parts of a second that a precision would round away don't pass") {
  CHECK(whole(oid::kTimestamp, "timestamp(3) without time zone", "2026-01-02T03:04:05.678"));
  CHECK_FALSE(whole(oid::kTimestamp, "timestamp(3) without time zone", "2026-01-02T03:04:05.6789"));
  CHECK(whole(oid::kTimestamptz, "timestamp(0) with time zone", "2026-01-02T03:04:05Z"));
  CHECK_FALSE(whole(oid::kTime, "time(1) without time zone", "03:04:05.25"));
}

TEST_CASE("blanks that varchar would cut off don't pass") {
  CHECK(whole(oid::kVarchar, "character varying(3)", "äöü"));
  CHECK_FALSE(whole(oid::kVarchar, "character varying(3)", "äöü "));
  CHECK(whole(oid::kVarchar, "character varying", "as long as it likes"));
}

TEST_CASE("what is larger than a numeric's digits doesn't pass, in any form") {
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "999.99"));
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "-0000999.9900"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(5,2)", "1000"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(5,2)", "1e3"));
  CHECK(whole(oid::kNumeric, "numeric(5,2)", "NaN"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(5,2)", "-Infinity"));
  CHECK(whole(oid::kNumeric, "numeric(2,-3)", "99000"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(2,-3)", "99100"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(2,-3)", "100000"));
  CHECK(whole(oid::kNumeric, "numeric(3,5)", "0.00999"));
  CHECK_FALSE(whole(oid::kNumeric, "numeric(3,5)", "0.01"));
  const Type type{.name = "numeric(3,1)", .engine_id = oid::kNumeric};
  CHECK(complaint(type, integer(99)) == "");
  CHECK(complaint(type, integer(100)) == "is too large for numeric(3,1)");
  CHECK(complaint(type, {CellKind::real, 0, 0.25, {}}) ==
        "has digits that numeric(3,1) would round away");
}

TEST_CASE("blanks at the end are nothing to char, other characters are") {
  CHECK(whole(oid::kBpchar, "character(3)", "ab    "));
  CHECK_FALSE(whole(oid::kBpchar, "character(3)", "abcd"));
  CHECK(complaint({.name = "character(1)", .engine_id = oid::kBpchar}, integer(10)) ==
        "is longer than 1 character");
}

TEST_CASE("an enum takes its labels and nothing else, in arrays too") {
  const Type mood{.name = "mood", .labels = {"sad", "7"}};
  CHECK(complaint(mood, text("sad")) == "");
  CHECK(complaint(mood, integer(7)) == "");
  CHECK(complaint(mood, text("Sad")) == "is no label of mood");
  const Type moods{.name = "mood[]", .family = Family::array, .element = {mood}};
  ArrayBuilder array;
  array.begin({{.lower = 1, .length = 2}});
  array.add(text("sad"));
  array.add(text("glad"));
  CHECK(complaint(moods, {CellKind::array, 0, 0, array.bytes()}) == "is no label of mood");
}

}  // namespace dbkeeper::postgres
