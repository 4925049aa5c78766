// What is wrong with a text.
#pragma once

#include <cstddef>
#include <string>

namespace dbkeeper {

// And where in it. Caught where the text's place in its file is known.
struct Fault {
  std::size_t at;
  std::string what;
  std::string column = {};  // of the table, if one is to blame
};

}  // namespace dbkeeper
