#include "engines/postgres/families.h"

#include "engines/postgres/oids.h"

namespace dbkeeper::postgres {

Family family_of(std::uint32_t type) {
  switch (type) {
    case oid::kInt2:
    case oid::kInt4:
    case oid::kInt8:
    case oid::kOid:
      return Family::integer;
    case oid::kNumeric:
      return Family::decimal;
    case oid::kFloat4:
      return Family::single;
    case oid::kFloat8:
      return Family::real;
    case oid::kBool:
      return Family::boolean;
    case oid::kText:
    case oid::kVarchar:
    case oid::kBpchar:
    case oid::kName:
      return Family::text;
    case oid::kBytea:
      return Family::bytes;
    case oid::kJson:
      return Family::json;
    case oid::kJsonb:
      return Family::jsonb;
    case oid::kDate:
      return Family::date;
    case oid::kTime:
      return Family::time;
    case oid::kTimestamp:
      return Family::timestamp;
    case oid::kTimestamptz:
      return Family::timestamptz;
    case oid::kUuid:
      return Family::uuid;
    default:
      return Family::other;
  }
}

}  // namespace dbkeeper::postgres
