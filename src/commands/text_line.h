// A line of a result: no name or value in it can begin another one.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "dbkeeper/base/printable.h"

namespace dbkeeper {

template <class... Args>
std::string text_line(fmt::format_string<Args...> format, Args&&... args) {
  return one_line(fmt::format(format, std::forward<Args>(args)...)) + '\n';
}

}  // namespace dbkeeper
