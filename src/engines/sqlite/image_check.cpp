#include "engines/sqlite/image_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbkeeper/base/text.h"
#include "dbkeeper/base/threads.h"
#include "dbkeeper/model/row_digest.h"
#include "engines/sqlite/errors.h"
#include "engines/sqlite/rows.h"
#include "engines/sqlite/statement.h"
#include "engines/sqlite/unjudged.h"

namespace dbkeeper::sqlite {
namespace {

// As SQLite's pragma.c writes them: "NULL value in t.c", "CHECK constraint failed in t".
bool is_broken_rule(std::string_view line) {
  static constexpr std::array<std::string_view, 6> kRules = {"NULL value in ",
                                                             "non-",
                                                             "NUMERIC value in ",
                                                             "TEXT value in ",
                                                             "CHECK constraint failed in ",
                                                             "non-unique entry in index "};
  return std::any_of(kRules.begin(), kRules.end(),
                     [&](std::string_view rule) { return line.starts_with(rule); });
}

// Trouble with the pages comes as one text of several lines under a title.
void add_lines(std::string_view text, const Unjudged& unjudged, Health& health) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty() || line == "ok" || line.starts_with("*** in database")) continue;
    if (unjudged.is_about(line)) continue;
    (is_broken_rule(line) ? health.broken_rules : health.damage).emplace_back(line);
  }
}

OpenOptions reading(OpenOptions options, const Stop& stop) {
  options.access = Access::read;
  options.stop = &stop;
  return options;
}

}  // namespace

Health quick_check(Connection& connection) {
  Health health;
  try {
    // Constraints may call functions that only the application has.
    connection.run("PRAGMA ignore_check_constraints=ON");
    const Unjudged unjudged(connection);
    Statement rows(connection, "PRAGMA main.quick_check(100)", Order::any);
    while (rows.step()) add_lines(rows.text(0), unjudged, health);
  } catch (const Error& error) {
    if (is_damage(connection.last_failure()))
      health.damage.push_back(error.message());
    else if (error.kind() == ErrorKind::failed && connection.last_failure() == SQLITE_ERROR)
      health.unchecked = error.message();
    else
      throw;
  }
  connection.forget_stand_in_order();
  return health;
}

void require_sound(const Health& health, const std::filesystem::path& shown) {
  if (health.damage.empty()) return;
  const auto more = static_cast<std::int64_t>(health.damage.size()) - 1;
  throw Error(
      ErrorKind::failed,
      fmt::format("the database '{}' is damaged: {}{}", shown.string(), health.damage.front(),
                  more > 0 ? fmt::format(" (and {} more)", plural(more, "finding")) : ""))
      .hint(
          "go back to a backup from before with dbkeeper restore; what can still be read, sqlite3 "
          "DATABASE .recover brings out; dbkeeper check tells which tables are hurt");
}

ImageCheck::ImageCheck(const ImageFile& image, std::filesystem::path shown,
                       const OpenOptions& options, const std::vector<BackupTable>& tables)
    : image_(image),
      shown_(std::move(shown)),
      tables_(tables),
      users_stop_(options.stop->token(),
                  [this, stop = options.stop] { ended_.request(stop->signal()); }),
      options_(reading(options, ended_)) {
  start_thread(thread_, [this] { work(); });  // without it finish() does all
}

ImageCheck::~ImageCheck() {
  ended_.request(0);
  if (thread_.joinable()) thread_.join();
}

std::vector<UnitRows> ImageCheck::finish() {
  work();
  if (thread_.joinable()) thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(rows_);
}

void ImageCheck::work() noexcept {
  try {
    Connection connection(image_, shown_, options_);
    for (std::size_t task = next_++; task <= tables_.size(); task = next_++) run(connection, task);
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    ended_.request(0);
  }
}

// The check takes longest, so it comes first.
void ImageCheck::run(Connection& connection, std::size_t task) {
  if (task > 0) return total(connection, task - 1);
  Health health = quick_check(connection);
  const std::lock_guard lock(mutex_);
  for (std::string& line : health_.damage) health.damage.push_back(std::move(line));
  health_ = std::move(health);
}

void ImageCheck::total(Connection& connection, std::size_t number) {
  const BackupTable& table = tables_[number];
  try {
    Table named;
    named.name = table.name;
    RowDigest digest(table.columns);
    Batch batch(table.columns.size());
    const auto rows = read_rows(connection, named, table.columns);
    while (rows->next(batch)) digest.add(batch);
    const std::lock_guard lock(mutex_);
    rows_.push_back({number, {digest.rows(), digest.sum()}});
  } catch (const Error& error) {
    if (!is_damage(connection.last_failure())) throw;
    const std::lock_guard lock(mutex_);
    health_.damage.push_back(
        fmt::format("table '{}' can't be read: {}", table.name.name, error.message()));
  }
}

}  // namespace dbkeeper::sqlite
