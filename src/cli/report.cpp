#include "cli/report.h"

#include "cli/error_report.h"
#include "cli/json_text.h"
#include "dbkeeper/base/printable.h"

namespace dbkeeper::cli {

std::string json_report(std::string_view command, const Outcome& outcome, int exit,
                        const std::vector<std::string>& warnings, const Redactor& redactor) {
  Value report = Value::object();
  report.set("dbkeeper", DBKEEPER_VERSION);
  if (!command.empty()) report.set("command", command);
  report.set("ok", exit == 0).set("exit", exit).set("result", outcome.result);
  report.set("warnings", Value::list(warnings));
  if (outcome.problem) report.set("error", error_value(*outcome.problem, redactor));
  return json_text(report) + "\n";
}

std::string text_report(const Outcome& outcome) {
  if (outcome.text_is_result) return json_text(outcome.result, Layout::indented) + "\n";
  return printable(outcome.text);
}

}  // namespace dbkeeper::cli
