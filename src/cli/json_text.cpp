#include "cli/json_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dbkeeper/base/printable.h"

namespace dbkeeper::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ToJson {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return value; }
  Json operator()(const std::string& value) const { return value; }
  Json operator()(const Value::List& list) const {
    Json out = Json::array();
    for (const Value& item : list) out.push_back(std::visit(*this, item.data()));
    return out;
  }
  Json operator()(const Value::Object& object) const {
    Json out = Json::object();
    for (const auto& [name, value] : object) out[name] = std::visit(*this, value.data());
    return out;
  }
};

// JSON lets characters be that a terminal obeys; all of them stand within strings.
std::string without_steering(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto found = text.front() == '\n' ? std::nullopt : steering(text);
    if (found)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(found->number));
    else
      out += text.front();
    text.remove_prefix(found ? found->length : 1);
  }
  return out;
}

}  // namespace

std::string json_text(const Value& value, Layout layout) {
  const int indent = layout == Layout::indented ? 2 : -1;
  return without_steering(
      std::visit(ToJson{}, value.data()).dump(indent, ' ', false, Json::error_handler_t::replace));
}

}  // namespace dbkeeper::cli
