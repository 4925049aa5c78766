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

constexpr std::size_t kDeepest = 1000;

// Notes the keys of the objects that are open, to find one that stands twice. Not while the value
// is built: nlohmann looks through all of an object, or list, whenever one within it ends.
class KeyWatch final : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  // One that no Value holds would become another one.
  bool number_unsigned(number_unsigned_t number) override {
    if (number > INT64_MAX)
      throw Fault{0, fmt::format("the number {} is larger than any that belongs here", number)};
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (!open_.back().insert(name).second && twice_.empty()) twice_ = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;  // told when the value is built
  }

  const std::string& twice() const { return twice_; }

 private:
  bool open() {
    open_.emplace_back();
    if (open_.size() > kDeepest) throw Fault{0, fmt::format("nested deeper than {}", kDeepest)};
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> open_;
  std::string twice_;
};

}  // namespace

json strict_json(std::string_view text) {
  KeyWatch watch;
  try {
    json::sax_parse(text, &watch);
    json value = json::parse(text);
    if (!watch.twice().empty())
      throw Fault{0,
                  fmt::format("the key '{}' stands twice in one object", excerpt(watch.twice()))};
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
