#include "cli/report.h"

#include <fmt/format.h>

#include <csignal>
#include <limits>
#include <new>

#include "cli/error_report.h"
#include "cli/exit_code.h"
#include "cli/json_text.h"
#include "cli/progress_line.h"
#include "dbkeeper/base/printable.h"
#include "dbkeeper/base/thrown.h"
#include "support/catch.h"

using namespace dbkeeper;
using namespace dbkeeper::cli;
using namespace std::chrono_literals;

namespace {

Error full_error() {
  return Error(ErrorKind::conflict, "row is there twice")
      .table("users")
      .column("email")
      .key(Value::object().set("id", 7))
      .line(12)
      .during("importing users")
      .during("importing a.json")
      .hint("look at row 7");
}

}  // namespace

TEST_CASE("each kind of error has its exit code") {
  CHECK(exit_code(ErrorKind::failed, 0) == 1);
  CHECK(exit_code(ErrorKind::usage, 0) == 2);
  CHECK(exit_code(ErrorKind::connection, 0) == 3);
  CHECK(exit_code(ErrorKind::input, 0) == 4);
  CHECK(exit_code(ErrorKind::conflict, 0) == 5);
  CHECK(exit_code(ErrorKind::check, 0) == 6);
  CHECK(exit_code(ErrorKind::refused, 0) == 7);
  CHECK(exit_code(ErrorKind::altered, 0) == 8);
  CHECK(exit_code(ErrorKind::interrupted, SIGINT) == 130);
  CHECK(exit_code(ErrorKind::interrupted, SIGTERM) == 143);
  CHECK(exit_code(ErrorKind::interrupted, 0) == 130);
  CHECK(exit_code(ErrorKind::failed, SIGINT) == 1);
}

TEST_CASE("the JSON report has what is known and nothing else") {
  const Redactor redactor;
  Outcome outcome;
  outcome.result.set("tables", 3);
  CHECK(json_report("import", outcome, 0, {"slow"}, redactor) ==
        "{\"dbkeeper\":\"" DBKEEPER_VERSION
        "\",\"command\":\"import\",\"ok\":true,\"exit\":0,\"result\":{\"tables\":3},"
        "\"warnings\":[\"slow\"]}\n");
  outcome = {};
  outcome.problem = full_error();
  CHECK(json_report("", outcome, 5, {}, redactor) ==
        "{\"dbkeeper\":\"" DBKEEPER_VERSION
        "\",\"ok\":false,\"exit\":5,\"result\":{},\"warnings\":[],\"error\":{\"kind\":\"conflict\","
        "\"message\":\"row is there "
        "twice\",\"table\":\"users\",\"column\":\"email\",\"key\":{\"id\":7},"
        "\"line\":12,\"while\":[\"importing users\",\"importing a.json\"],"
        "\"hint\":\"look at row 7\"}}\n");
}

TEST_CASE("any value can be written as JSON") {
  Value value = Value::object();
  value.set("bytes", std::string("a\xff\0b", 4));
  value.set("nan", std::numeric_limits<double>::quiet_NaN());
  value.set("big", std::numeric_limits<std::int64_t>::max());
  value.set("nothing", Value());
  CHECK(json_text(value) ==
        "{\"bytes\":\"a\xEF\xBF\xBD\\u0000b\",\"nan\":null,\"big\":9223372036854775807,"
        "\"nothing\":null}");
}

TEST_CASE("an error is shown with where and what to do, its secrets hidden") {
  Redactor redactor;
  redactor.hide("s3cret");
  CHECK(error_text(full_error(), redactor, false) ==
        "error: row is there twice\n  while: importing users\n  while: importing a.json\n"
        "hint: look at row 7\n");
  CHECK(error_text(Error(ErrorKind::failed, fmt::format("bad s3cret{}and more", kLineBreak)),
                   redactor, false) == "error: bad ***\n  and more\n");
}

TEST_CASE("a name in an error steers no terminal and begins no line") {
  const Redactor redactor;
  const Error error = Error(ErrorKind::failed, "table 'a\x1b[2J\nhint: run x' is bad")
                          .hint("look at \xff")
                          .during("reading \xc2\x9b.json");
  CHECK(error_text(error, redactor, false) ==
        "error: table 'a\\x1b[2J\\nhint: run x' is bad\n  while: reading \\u009b.json\n"
        "hint: look at \\xff\n");
  CHECK(json_text(error_value(error, redactor)) ==
        "{\"kind\":\"failed\",\"message\":\"table 'a\\u001b[2J\\nhint: run x' is bad\","
        "\"while\":[\"reading \\u009b.json\"],\"hint\":\"look at \xEF\xBF\xBD\"}");
}

TEST_CASE("a result's text and its JSON steer no terminal") {
  Outcome outcome;
  outcome.text = "t\x1b]0;x\a\n\xc2\x9b";
  CHECK(text_report(outcome) == "t\\x1b]0;x\\x07\n\\u009b");
  outcome.result.set("a", "\xc2\x9b \x7f \xe2\x80\xae");
  outcome.text_is_result = true;
  CHECK(text_report(outcome) == "{\n  \"a\": \"\\u009b \\u007f \\u202e\"\n}\n");
}

TEST_CASE("whatever is thrown becomes an error with a kind and words") {
  const auto caught = [](auto thrown) { return as_error(std::make_exception_ptr(thrown)); };
  CHECK(caught(std::bad_alloc()).message() == "out of memory");
  CHECK(caught(std::runtime_error("odd")).message() == "unexpected: odd");
  CHECK(caught(7).kind() == ErrorKind::failed);
  CHECK(caught(Error(ErrorKind::check, "x")).kind() == ErrorKind::check);
}

TEST_CASE("progress is one line of what is known") {
  Progress progress{"export", "orders", 2'600'000, 6'100'000, 1'820'000'000};
  CHECK(progress_text(progress, 10s) == "export 43% 2.6M/6.1M rows 182 MB/s 00:13 left orders");
  CHECK(progress_text({"check", "users", 500, 0, 0}, 3s) == "check 500 rows users");
  CHECK(progress_text({"check", "", 0, 0, 0}, 0s) == "check");
  CHECK(progress_text({"x", "", 20, 10, 0}, 5s) == "x 100% 20/10 rows 00:00 left");
  CHECK(progress_text({"x", "", 1, 4000, 0}, 5s) == "x 0% 1/4.0K rows 5:33:15 left");
}

TEST_CASE("progress is due once an interval, and starts over with each activity") {
  ProgressClock clock(10s);
  const ProgressClock::Clock::time_point start{};
  const Progress exporting{"export", "t", 1}, verifying{"verify", "t", 1};
  CHECK_FALSE(clock.due(exporting, start));
  CHECK_FALSE(clock.due(exporting, start + 9s));
  CHECK(clock.due(exporting, start + 10s));
  CHECK_FALSE(clock.due(exporting, start + 19s));
  CHECK(clock.due(exporting, start + 20s));
  CHECK(clock.elapsed(start + 20s) == 20s);
  CHECK_FALSE(clock.due(verifying, start + 40s));
  CHECK(clock.elapsed(start + 41s) == 1s);
}

TEST_CASE("what can't be counted is shown when it begins, in a log if it follows something") {
  const ProgressClock::Clock::time_point start{};
  const Progress table{"check", "a"}, next_table{"check", "b"}, keys{"restore: keys", "a"};
  ProgressClock terminal(100ms, true), log(10s);
  CHECK(terminal.due(table, start));
  CHECK_FALSE(terminal.due(table, start + 1ms));
  CHECK(terminal.due(next_table, start + 2ms));
  CHECK_FALSE(log.due(table, start));
  CHECK_FALSE(log.due(next_table, start + 1s));
  CHECK(log.due(keys, start + 2s));
  CHECK_FALSE(log.due({"restore: keys", "b"}, start + 3s));
  CHECK(log.due({"restore: keys", "c"}, start + 12s));
}
