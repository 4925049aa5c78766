// Small JSON files that dbkeeper keeps beside backups for itself.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "dbkeeper/base/value.h"

namespace dbkeeper {

// What such a file says; nothing if there is none, or it isn't one of ours.
std::optional<Value> read_record_file(const std::filesystem::path& file);

// The member of that name and type; nothing if there is none.
template <class T>
std::optional<T> member_of(const Value& object, std::string_view name) {
  const auto* members = std::get_if<Value::Object>(&object.data());
  if (!members) return std::nullopt;
  for (const auto& [key, value] : *members)
    if (const T* found = std::get_if<T>(&value.data()); found && key == name) return *found;
  return std::nullopt;
}

}  // namespace dbkeeper
