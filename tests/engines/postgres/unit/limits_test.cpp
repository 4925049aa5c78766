#include "engines/postgres/limits.h"

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

}  // namespace dbkeeper::postgres
