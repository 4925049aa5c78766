// Text from files, databases and servers as people see it: nothing of it steers a terminal, nor
// looks like a line of ours.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper {

// In the message and hint of an Error: where a new line begins. '\n' begins none there, since it
// may have come with a name.
inline constexpr char kLineBreak = '\v';

// Control characters, those that change the direction of writing and bytes that are not UTF-8 as
// escapes: \x1b \u009b \u202e \xff; line ends and tabs stay.
std::string printable(std::string_view text);

// The same for what is no more than a part of a line: \n and \t are escapes as well.
std::string one_line(std::string_view text);

// A character that a terminal obeys, or that changes the direction of writing.
struct Steering {
  std::size_t length;  // in bytes
  char32_t number;
};
// The one that the text begins with. Requires: a text that isn't empty.
std::optional<Steering> steering(std::string_view text);

}  // namespace dbkeeper
