#include "commands/migrate_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/schema_value.h"
#include "commands/text_line.h"
#include "dbkeeper/base/text.h"

namespace dbkeeper {
namespace {

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

const TableLedger* find(const Ledger& ledger, const std::string& table) {
  const auto found = std::ranges::find(ledger, table, &TableLedger::table);
  return found == ledger.end() ? nullptr : &*found;
}

std::optional<std::int64_t> count_of(const TableLedger* table, const std::string& column) {
  if (!table) return std::nullopt;
  for (const auto& [name, count] : table->values)
    if (name == column) return count;
  return std::nullopt;
}

Value change(std::optional<std::int64_t> before, std::optional<std::int64_t> after) {
  return Value().set("before", Value(before)).set("after", Value(after));
}

// The columns whose numbers have changed.
Value changed_values(const TableLedger* before, const TableLedger* after) {
  Value out = Value::object();
  std::vector<std::string> seen;
  for (const TableLedger* side : {before, after}) {
    if (!side) continue;
    for (const auto& [column, count] : side->values) {
      if (std::ranges::find(seen, column) != seen.end()) continue;
      seen.push_back(column);
      const auto then = count_of(before, column), now = count_of(after, column);
      if (then != now) out.set(column, change(then, now));
    }
  }
  return out;
}

Value ledger_value(const Ledger& before, const Ledger& after) {
  Value::List out;
  const auto add = [&](const std::string& table) {
    const TableLedger *then = find(before, table), *now = find(after, table);
    const auto rows = [](const TableLedger* side) {
      return side ? std::optional(side->rows) : std::nullopt;
    };
    out.push_back(Value()
                      .set("table", table)
                      .set("rows", change(rows(then), rows(now)))
                      .set("values", changed_values(then, now)));
  };
  for (const TableLedger& table : before) add(table.table);
  for (const TableLedger& table : after)
    if (!find(before, table.table)) add(table.table);
  return out;
}

std::string_view kind_of(LossKind kind) {
  switch (kind) {
    case LossKind::table_dropped:
      return "table dropped";
    case LossKind::column_dropped:
      return "column dropped";
    case LossKind::rows_lost:
      return "rows lost";
    case LossKind::values_lost:
      return "values lost";
    case LossKind::values_changed:
      return "values changed";
    case LossKind::history_lost:
      return "history lost";
  }
  return "";
}

Value value_of(const Loss& loss) {
  const bool counts = loss.kind != LossKind::history_lost;
  return Value()
      .set("kind", kind_of(loss.kind))
      .set("table", loss.table)
      .set("column", text_or_null(loss.column))
      .set("before", counts ? Value(loss.before) : Value())
      .set("after", counts ? Value(loss.after) : Value())
      .set("tool", text_or_null(loss.tool))
      .set("version", text_or_null(loss.version))
      .set("perhaps_renamed_to", text_or_null(loss.perhaps_renamed_to))
      .set("expected", loss.expected);
}

Value value_of(const NotCompared& column) {
  return Value().set("table", column.table).set("column", column.column).set("why", column.why);
}

struct Version {
  std::string tool, before, after;
};

std::vector<Version> versions(const Look& before, const Effect& effect) {
  std::vector<Version> out;
  for (const MigrationState& state : before.migrations)
    out.push_back({state.tool, state.version, ""});
  for (const MigrationState& state : effect.after.migrations) {
    const auto known = std::ranges::find(out, state.tool, &Version::tool);
    if (known == out.end())
      out.push_back({state.tool, "", state.version});
    else
      known->after = state.version;
  }
  return out;
}

Value value_of(const Version& version) {
  return Value()
      .set("tool", version.tool)
      .set("before", text_or_null(version.before))
      .set("after", text_or_null(version.after));
}

Value value_of(const LockTaken& lock) {
  return Value()
      .set("relation", lock.relation)
      .set("mode", lock.mode)
      .set("stops_readers", lock.stops_readers)
      .set("seconds", lock.seconds);
}

Value value_of(const BlockedBy& blocker) {
  return Value()
      .set("pid", blocker.pid)
      .set("for", text_or_null(blocker.waited))
      .set("seconds", blocker.seconds)
      .set("who", blocker.who);
}

template <class List>
Value list_value(const List& list) {
  return Value::list(list, [](const auto& item) { return value_of(item); });
}

Value changed_value(const Effect& effect) {
  if (effect.is_known_to_differ()) return Value(true);
  return effect.unseen.empty() ? Value(false) : Value();
}

void set_all_null(Value& value, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) value.set(std::string(name), Value());
}

// The same keys whatever is known; `changed` is what is known without an effect.
void add_effect(Value& value, const Look* before, const Effect* effect, Value changed) {
  if (!before || !effect) {
    value.set("changed", std::move(changed));
    return set_all_null(
        value, {"changes", "unseen", "versions", "ledger", "losses", "not_compared", "findings"});
  }
  value.set("changed", changed_value(*effect))
      .set("changes", Value::list(effect->changes))
      .set("unseen", Value::list(effect->unseen))
      .set("versions", effect->checked ? list_value(versions(*before, *effect)) : Value())
      .set("ledger", effect->counted ? ledger_value(before->ledger, effect->after.ledger) : Value())
      .set("losses", list_value(effect->losses))
      .set("not_compared", list_value(effect->not_compared))
      .set("findings", Value::list(effect->findings, [&](const Finding& finding) {
             return dbkeeper::value_of(effect->after.schema, finding);
           }));
}

void add_child(Value& value, const MigrateChild* child) {
  if (!child)
    return set_all_null(value, {"status", "signal", "timed_out", "seconds", "left_running", "locks",
                                "waits", "held_up", "longest_held_up"});
  value.set("status", child->end.status)
      .set("signal", child->end.signal == 0 ? Value() : Value(child->end.signal))
      .set("timed_out", child->end.timed_out)
      .set("seconds", child->end.seconds)
      .set("left_running", child->end.left_running)
      .set("locks", list_value(child->sessions.locks))
      .set("waits", list_value(child->sessions.waits))
      .set("held_up", child->sessions.held_up)
      .set("longest_held_up", child->sessions.longest_held_up);
}

template <class T>
const T* pointer(const std::optional<T>& optional) {
  return optional ? &*optional : nullptr;
}

Value value_of(const Rehearsal& rehearsal, const Look& before) {
  Value value = Value::object();
  value.set("ok", !rehearsal.problem.has_value());
  add_child(value, pointer(rehearsal.child));
  add_effect(value, &before, rehearsal.child ? &rehearsal.effect : nullptr, Value());
  return value.set("variables", Value::list(rehearsal.found))
      .set("live_changes", rehearsal.live ? Value::list(rehearsal.live->changes) : Value());
}

std::string version_text(const MigrateReport& report) {
  std::string text;
  if (!report.effect->checked) return text;
  for (const Version& version : versions(*report.before, *report.effect))
    if (version.before != version.after)
      text += text_line("  {}: {} → {}", version.tool,
                        version.before.empty() ? "nowhere" : version.before,
                        version.after.empty() ? "nowhere" : version.after);
  return text;
}

// The tables whose rows have changed in number.
std::string rows_text(const MigrateReport& report) {
  constexpr std::size_t kMost = 20;
  std::string text;
  std::size_t lines = 0;
  if (!report.effect->counted) return text;
  const Ledger &before = report.before->ledger, &after = report.effect->after.ledger;
  for (const TableLedger& table : after) {
    const TableLedger* then = find(before, table.table);
    if (then && then->rows == table.rows) continue;
    if (++lines > kMost) continue;
    text += then ? text_line("  {}: {} → {} rows", table.table, human_count(then->rows),
                             human_count(table.rows))
                 : text_line("  {}: new, {}", table.table, plural(table.rows, "row"));
  }
  if (lines > kMost)
    text += text_line("  and {} more", plural(static_cast<std::int64_t>(lines - kMost), "table"));
  return text;
}

std::string findings_text(const Effect& effect) {
  std::string text;
  for (const Finding& finding : effect.findings) {
    text += text_line("FOUND  {}: {}", finding.check, finding.message);
    if (!finding.hint.empty()) text += text_line("       {}", finding.hint);
  }
  return text;
}

std::string locks_text(const SessionReport& sessions) {
  std::string text;
  for (const LockTaken& lock : sessions.locks)
    if (lock.stops_readers && lock.seconds >= 1)
      text +=
          text_line("  {} was locked against readers for {:.1f} s", lock.relation, lock.seconds);
  if (sessions.held_up > 0)
    text += text_line("  {} waited for it, {:.1f} s at most", plural(sessions.held_up, "session"),
                      sessions.longest_held_up);
  return text;
}

std::string rehearsal_text(const Rehearsal& rehearsal) {
  if (!rehearsal.child) return "";
  return text_line("rehearsed in {:.1f} s, {}", rehearsal.child->end.seconds,
                   rehearsal.problem ? "without success" : "with success") +
         locks_text(rehearsal.child->sessions);
}

std::string headline(const MigrateReport& report) {
  const double seconds = report.child->end.seconds;
  if (report.child->end.status != 0)
    return text_line("the command {} after {:.1f} s", end_in_words(*report.child), seconds);
  if (report.effect->as_it_was() && report.effect->findings.empty())
    return text_line("nothing changed in {:.1f} s; the backup {}", seconds,
                     report.backup.empty() ? "is removed again" : "stays");
  if (!report.effect->is_known_to_differ())
    return text_line("the command succeeded in {:.1f} s; what it changed is unknown", seconds);
  return text_line("migrated in {:.1f} s", seconds);
}

}  // namespace

Value value_of(const MigrateReport& report) {
  Value value = Value::object();
  value.set("command", Value::list(report.words)).set("needed", report.needed);
  add_child(value, pointer(report.child));
  value.set("backup", text_or_null(report.backup));
  add_effect(value, pointer(report.before), pointer(report.effect),
             report.needed ? Value() : Value(false));
  return value.set("restored", report.restored)
      .set("replaced_database", text_or_null(report.newer))
      .set("undo", text_or_null(report.undo))
      .set("rehearsal", report.rehearsal ? value_of(*report.rehearsal, *report.before) : Value());
}

std::string text_of(const MigrateReport& report) {
  if (!report.needed) return "nothing to do, says --unless\n";
  std::string text = report.rehearsal ? rehearsal_text(*report.rehearsal) : "";
  if (!report.child || !report.effect) return text;
  text += headline(report);
  if (!report.restored)
    text += version_text(report) + rows_text(report) + findings_text(*report.effect);
  text += locks_text(report.child->sessions);
  if (!report.backup.empty()) text += text_line("  from before: {}", report.backup);
  if (!report.undo.empty()) text += text_line("  undo: {}", report.undo);
  return text;
}

}  // namespace dbkeeper
