// SQLite's result codes in dbkeeper's words, the one place that translates them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "dbkeeper/base/error.h"

namespace dbkeeper::sqlite {

// What a message says about where it happened.
struct Circumstances {
  std::string path;
  std::chrono::milliseconds lock_timeout{0};
  bool stopping = false;  // the user asked to stop: what fails now, fails for that
  int system_error = 0;   // errno behind an I/O error
};

// Requires: `code` is an (extended) SQLite error code.
Error translate(int code, std::string_view message, const Circumstances& where);

// Whether the code says that the file's content is broken.
bool is_damage(int code);

}  // namespace dbkeeper::sqlite
