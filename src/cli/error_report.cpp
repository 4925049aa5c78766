#include "cli/error_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/color.h"
#include "cli/exit_code.h"
#include "dbkeeper/base/printable.h"

namespace dbkeeper::cli {

std::string shown_lines(std::string_view text) {
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(kLineBreak, begin), text.size());
    if (begin > 0) out += "\n  ";
    out += one_line(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string with_line_ends(std::string text) {
  std::replace(text.begin(), text.end(), kLineBreak, '\n');
  return text;
}

std::string error_text(const Error& error, const Redactor& redactor, bool color) {
  const auto shown = [&](const std::string& text) { return shown_lines(redactor(text)); };
  std::string out =
      fmt::format("{} {}\n", painted("error:", Paint::red, color), shown(error.message()));
  for (const std::string& context : error.context())
    out += fmt::format("  while: {}\n", shown(context));
  if (!error.hint().empty())
    out += fmt::format("{} {}\n", painted("hint:", Paint::cyan, color), shown(error.hint()));
  return out;
}

Value error_value(const Error& error, const Redactor& redactor) {
  Value out = Value::object();
  out.set("kind", kind_name(error.kind()))
      .set("message", with_line_ends(redactor(error.message())));
  if (!error.table().empty()) out.set("table", error.table());
  if (!error.column().empty()) out.set("column", error.column());
  if (!error.key().is_null()) out.set("key", error.key());
  if (error.line() != 0) out.set("line", error.line());
  if (!error.context().empty())
    out.set("while", Value::list(error.context(),
                                 [&](auto& text) { return with_line_ends(redactor(text)); }));
  if (!error.hint().empty()) out.set("hint", with_line_ends(redactor(error.hint())));
  return out;
}

}  // namespace dbkeeper::cli
