#include "dbkeeper/formats/parse_json.h"

#include <nlohmann/json.hpp>

#include "formats/json/fault.h"
#include "formats/json/strict_json.h"

namespace dbkeeper {

std::optional<Value> parse_json(std::string_view text) {
  try {
    return plain_value(strict_json(text));
  } catch (const Fault&) {
    return std::nullopt;
  }
}

}  // namespace dbkeeper
