// Expressions about values as they are stored: with their storage class, whatever a column's
// collation takes for equal.
#pragma once

#include <string>
#include <vector>

namespace dbkeeper::sqlite {

// Whether two values are the same, NULLs included.
std::string same_value(const std::string& a, const std::string& b);

// One text that gives each of the values exactly, with its storage class. (quote() alone cuts text
// at its first NUL.)
std::string exact_text(const std::vector<std::string>& values);

// A JSON array of them, blobs as hexadecimal digits.
std::string json_array(const std::vector<std::string>& values);

// A value for a message: short, and never NULL.
std::string shown_value(const std::string& value);

}  // namespace dbkeeper::sqlite
