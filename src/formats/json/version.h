// The version of a file's format: another major one is another format, a larger minor one only
// adds.
#pragma once

#include <string_view>

namespace dbkeeper {

struct Version {
  int major = 0;
  int minor = 0;
};

// A Fault if the text is none: "1.0".
Version parse_version(std::string_view text);

}  // namespace dbkeeper
