#include "cli/error_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "cli/color.h"
#include "cli/exit_code.h"
#include "dbkeeper/base/printable.h"

namespace dbkeeper::cli {
Error as_error(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return Error(ErrorKind::failed, "out of memory").hint("fewer --jobs need less");
  } catch (const std::exception& error) {
    return Error(ErrorKind::failed, fmt::format("unexpected: {}", error.what()))
        .hint("this is a fault of dbkeeper; please report it with the command that was called");
  } catch (...) {
    return Error(ErrorKind::failed, "unexpected: an exception of an unknown kind");
  }
}

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
