#include "cli/json_text.h"

#include <nlohmann/json.hpp>

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

}  // namespace

std::string json_text(const Value& value, Layout layout) {
  const int indent = layout == Layout::indented ? 2 : -1;
  return std::visit(ToJson{}, value.data())
      .dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace dbkeeper::cli
