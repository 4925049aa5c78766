// The pieces of JSON text that rows are made of.
#pragma once

#include <string_view>

#include "dbkeeper/base/buffer.h"

namespace dbkeeper::export_json {

// Appends the shortest number that reads back the same, with a point or exponent (2.0, -0.0,
// 1e+23); NaN and infinities as strings.
void append_real(Buffer& out, double value);
void append_single(Buffer& out, float value);

void append_base64(Buffer& out, std::string_view bytes);

}  // namespace dbkeeper::export_json
