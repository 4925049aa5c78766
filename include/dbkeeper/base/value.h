// A small tree of plain values: what a command found out, before anyone decides how to show it.
// The JSON reporter prints it; nothing below the command line knows of JSON.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dbkeeper {

class Value {
 public:
  using List = std::vector<Value>;
  using Member = std::pair<std::string, Value>;
  using Object = std::vector<Member>;  // in the order in which members were added

  Value() = default;  // null
  Value(bool value) : data_(value) {}
  Value(double value) : data_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T value) : data_(static_cast<std::int64_t>(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(List value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}
  template <class T>
  Value(const std::optional<T>& value) {
    if (value) *this = Value(*value);
  }

  template <class Range, class Convert>
  static Value list(const Range& range, Convert convert) {
    List out;
    for (const auto& item : range) out.push_back(Value(convert(item)));
    return out;
  }
  static Value list(const std::vector<std::string>& texts) {
    return list(texts, [](const std::string& text) { return text; });
  }
  static Value object() { return Object{}; }

  // Adds a member. Requires: this value is an object or null.
  Value& set(std::string name, Value value) &;
  Value set(std::string name, Value value) && {
    return std::move(set(std::move(name), std::move(value)));
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const auto& data() const { return data_; }

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Object> data_;
};

}  // namespace dbkeeper
