#include "cli/error_report.h"

#include <fmt/format.h>

#include <new>

#include "cli/color.h"
#include "cli/exit_code.h"

namespace dbkeeper::cli {
namespace {

// Lines after the first are indented, so that each line without indent begins a new statement.
std::string indented(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out;
}

}  // namespace

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

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    if (control)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out;
}

std::string error_text(const Error& error, const Redactor& redactor, bool color) {
  const auto shown = [&](const std::string& text) { return indented(printable(redactor(text))); };
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
  out.set("kind", kind_name(error.kind())).set("message", redactor(error.message()));
  if (!error.table().empty()) out.set("table", error.table());
  if (!error.column().empty()) out.set("column", error.column());
  if (!error.key().is_null()) out.set("key", error.key());
  if (error.line() != 0) out.set("line", error.line());
  if (!error.context().empty())
    out.set("while", Value::list(error.context(), [&](auto& text) { return redactor(text); }));
  if (!error.hint().empty()) out.set("hint", redactor(error.hint()));
  return out;
}

}  // namespace dbkeeper::cli
