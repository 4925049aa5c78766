// Members of a parsed JSON object that a document has to have. A Fault names one that is missing or
// of another type.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dbkeeper/base/digest.h"
#include "formats/json/fault.h"

namespace dbkeeper {

// Null if there is none.
inline const nlohmann::json* find_member(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &*at;
}

inline const nlohmann::json& member(const nlohmann::json& object, const char* key) {
  if (const nlohmann::json* found = find_member(object, key)) return *found;
  throw Fault{0, fmt::format("'{}' is missing", key)};
}

inline std::string text_member(const nlohmann::json& object, const char* key) {
  const nlohmann::json& text = member(object, key);
  if (!text.is_string()) throw Fault{0, fmt::format("'{}' is no text", key)};
  return text.get<std::string>();
}

// Empty if there is none.
inline std::string optional_text_member(const nlohmann::json& object, const char* key) {
  return find_member(object, key) ? text_member(object, key) : std::string();
}

// `what`: what it counts, for messages.
inline std::uint64_t count_member(const nlohmann::json& object, const char* key,
                                  const char* what = "number of rows") {
  const nlohmann::json& count = member(object, key);
  if (!count.is_number_unsigned()) throw Fault{0, fmt::format("'{}' is no {}", key, what)};
  return count.get<std::uint64_t>();
}

inline Digest digest_member(const nlohmann::json& object, const char* key) {
  const std::string text = text_member(object, key);
  const auto digest = Digest::parse(text);
  if (!digest) throw Fault{0, fmt::format("'{}' is no digest: {}", key, excerpt(text))};
  return *digest;
}

// Empty if there is none.
inline const nlohmann::json& list_member(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kEmpty = nlohmann::json::array();
  const nlohmann::json* list = find_member(object, key);
  if (!list) return kEmpty;
  if (!list->is_array()) throw Fault{0, fmt::format("'{}' is no list", key)};
  return *list;
}

inline std::vector<std::string> texts_of(const nlohmann::json& list, const char* what) {
  std::vector<std::string> out;
  if (!list.is_array()) throw Fault{0, fmt::format("'{}' is no list", what)};
  for (const nlohmann::json& text : list) {
    if (!text.is_string()) throw Fault{0, fmt::format("'{}' is no list of texts", what)};
    out.push_back(text.get<std::string>());
  }
  return out;
}

}  // namespace dbkeeper
