// Values of every type of the server's own and of users', as the dice say.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace dbkeeper::testing {

using Dice = std::mt19937_64;

struct Drawable {
  std::string type;
  std::function<std::string(Dice&)> value;  // as the type's input reads it
};

// Needs the extensions hstore and citext, and the types mood, pair and positive of types_test.cpp.
const std::vector<Drawable>& drawables();

struct DrawnColumn {
  const Drawable* of;
  bool array;
};

// Two tables, a with rows and b of the same columns without: n, which numbers the rows, then "c 0",
// "c 1", …
std::string random_table(const std::vector<DrawnColumn>& columns, int rows, Dice& dice);

}  // namespace dbkeeper::testing
