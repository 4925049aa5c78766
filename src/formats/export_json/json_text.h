// The pieces of JSON text that the writer puts together, and their reverse.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbkeeper::export_json {

// Appends a JSON string. Requires: valid UTF-8.
void append_string(std::string& out, std::string_view text);

// Appends the shortest number that reads back the same, with a point or exponent (2.0, -0.0,
// 1e+23); NaN and infinities as strings.
void append_real(std::string& out, double value);
void append_single(std::string& out, float value);

void append_base64(std::string& out, std::string_view bytes);
std::optional<std::string> decoded_base64(std::string_view text);

}  // namespace dbkeeper::export_json
