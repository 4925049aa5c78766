#include "formats/json/strict_json.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "formats/json/fault.h"

namespace dbkeeper {
namespace {

using nlohmann::json;

constexpr int kDeepest = 1000;

// Notes the keys of the objects that are open, to find one that stands twice; looks at numbers.
class KeyWatch {
 public:
  bool operator()(int depth, json::parse_event_t event, json& value) {
    if (depth > kDeepest) throw Fault{0, fmt::format("nested deeper than {}", kDeepest)};
    switch (event) {
      case json::parse_event_t::object_start:
        open_.emplace_back();
        break;
      case json::parse_event_t::object_end:
        open_.pop_back();
        break;
      case json::parse_event_t::key:
        if (!open_.back().insert(value.get<std::string>()).second && twice_.empty())
          twice_ = value.get<std::string>();
        break;
      case json::parse_event_t::value:
        check_number(value);
        break;
      default:
        break;
    }
    return true;
  }
  const std::string& twice() const { return twice_; }

 private:
  // One that no Value holds would become another one.
  static void check_number(const json& value) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
      throw Fault{0, fmt::format("the number {} is larger than any that belongs here",
                                 value.get<std::uint64_t>())};
  }

  std::vector<std::set<std::string>> open_;
  std::string twice_;
};

}  // namespace

json strict_json(std::string_view text) {
  KeyWatch watch;
  try {
    json value = json::parse(text, std::ref(watch));
    if (!watch.twice().empty())
      throw Fault{0, fmt::format("the key '{}' stands twice in one object", watch.twice())};
    return value;
  } catch (const json::parse_error& error) {
    throw Fault{error.byte > 0 ? error.byte - 1 : 0, "not valid JSON"};
  } catch (const json::exception&) {
    throw Fault{0, "a number larger than any that belongs here"};
  }
}

Value plain_value(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return value.get<bool>();
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return value.get<std::int64_t>();
    case json::value_t::number_float:
      return value.get<double>();
    case json::value_t::string:
      return value.get<std::string>();
    case json::value_t::array:
      return Value::list(value, [](const json& item) { return plain_value(item); });
    case json::value_t::object: {
      Value out = Value::object();
      for (const auto& [key, member] : value.items()) out.set(key, plain_value(member));
      return out;
    }
    default:
      return {};
  }
}

}  // namespace dbkeeper
