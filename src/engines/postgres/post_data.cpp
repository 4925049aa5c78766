#include "engines/postgres/post_data.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#include "dbkeeper/base/threads.h"
#include "engines/postgres/script_runner.h"

namespace dbkeeper::postgres {
namespace {

// "public"."users" from the word at `at` on, as parts joined by a point.
std::string name_at(const std::vector<Word>& words, std::size_t at) {
  if (at >= words.size()) return {};
  std::string out = words[at].text;
  while (at + 2 < words.size() && words[at + 1].text == ".") {
    at += 2;
    out += "." + words[at].text;
  }
  return out;
}

std::optional<std::size_t> find(const std::vector<Word>& words, std::string_view keyword) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i].is(keyword)) return i;
  return std::nullopt;
}

// The name behind a keyword, and behind an ONLY that may follow it.
std::string name_after(const std::vector<Word>& words, std::string_view keyword) {
  const auto at = find(words, keyword);
  if (!at) return {};
  const bool only = *at + 1 < words.size() && words[*at + 1].is("only");
  return name_at(words, *at + (only ? 2 : 1));
}

enum class Stage { alone, keys_and_indexes, foreign_keys };

void show(const ScriptEntry& entry, Reporter& reporter) {
  reporter.progress({.activity = entry.type == "FK CONSTRAINT" ? "restore: foreign keys"
                                                               : "restore: indexes and keys",
                     .table = entry.name});
}

Stage stage_of(const ScriptEntry& entry) {
  if (entry.type == "FK CONSTRAINT") return Stage::foreign_keys;
  return entry.type == "INDEX" || entry.type == "CONSTRAINT" ? Stage::keys_and_indexes
                                                             : Stage::alone;
}

// Entries of one stage, shared out to threads so that no two want the same table in ways that
// exclude each other: they would wait, or deadlock.
class SideBySide {
 public:
  // `roots`: by partition, the table that it counts as.
  SideBySide(std::span<const ScriptEntry> entries,
             const std::map<std::string, std::uint64_t>& weights,
             const std::map<std::string, std::string>& roots) {
    for (const ScriptEntry& entry : entries) {
      Task task{&entry, locks_of(entry), 0};
      for (std::string& table : task.locks.tables) {
        if (const auto found = weights.find(table); found != weights.end())
          task.weight = std::max(task.weight, found->second);
        if (const auto root = roots.find(table); root != roots.end()) table = root->second;
      }
      waiting_.push_back(std::move(task));
    }
    std::stable_sort(waiting_.begin(), waiting_.end(),
                     [](const Task& a, const Task& b) { return a.weight > b.weight; });
  }

  void run(const std::shared_ptr<Sessions>& sessions, int jobs, const std::string& path,
           Reporter& reporter, std::vector<std::string>& left_out) {
    const auto threads =
        std::clamp<std::size_t>(static_cast<std::size_t>(jobs), 1, waiting_.size());
    {
      std::vector<std::jthread> others;
      for (std::size_t i = 1; i < threads; ++i)
        add_thread(others, [&] { work(sessions, path, reporter); });
      work(sessions, path, reporter);
    }
    if (failure_) std::rethrow_exception(failure_);
    left_out.insert(left_out.end(), left_out_.begin(), left_out_.end());
  }

 private:
  struct Task {
    const ScriptEntry* entry;
    TableLocks locks;
    std::uint64_t weight;
  };

  void work(const std::shared_ptr<Sessions>& sessions, const std::string& path,
            Reporter& reporter) noexcept {
    try {
      const Loan session(sessions);
      ScriptRunner runner(*session, Within::nothing, path);
      std::vector<std::string> left_out;
      while (const auto task = take()) {
        show(*task->entry, reporter);
        runner.run(*task->entry, left_out);
        give_back(*task);
      }
      const std::lock_guard lock(mutex_);
      left_out_.insert(left_out_.end(), left_out.begin(), left_out.end());
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      changed_.notify_all();
    }
  }

  std::optional<Task> take() {
    std::unique_lock lock(mutex_);
    while (true) {
      if (failure_ || waiting_.empty()) return std::nullopt;
      const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                      [&](const Task& task) { return is_free(task.locks); });
      if (found != waiting_.end()) {
        Task task = std::move(*found);
        waiting_.erase(found);
        for (const std::string& table : task.locks.tables) busy_[table] += step(task.locks);
        return task;
      }
      changed_.wait(lock);
    }
  }

  void give_back(const Task& task) {
    const std::lock_guard lock(mutex_);
    for (const std::string& table : task.locks.tables) busy_[table] -= step(task.locks);
    changed_.notify_all();
  }

  static constexpr int kAlone = 1 << 16;
  static int step(const TableLocks& locks) { return locks.shared ? 1 : kAlone; }
  bool is_free(const TableLocks& locks) const {
    return std::all_of(locks.tables.begin(), locks.tables.end(), [&](const std::string& table) {
      const auto busy = busy_.find(table);
      return busy == busy_.end() || busy->second == 0 || (locks.shared && busy->second < kAlone);
    });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Task> waiting_;
  std::map<std::string, int> busy_;
  std::exception_ptr failure_;
  std::vector<std::string> left_out_;
};

std::string name_in_locks(const TableName& table) { return table.schema + "." + table.name; }

}  // namespace

TableLocks locks_of(const ScriptEntry& entry) {
  TableLocks out;
  if (entry.statements.empty()) return out;
  const auto words = words_of(entry.statements.front());
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(out.tables.begin(), out.tables.end(), name) == out.tables.end())
      out.tables.push_back(name);
  };
  if (entry.type == "INDEX") {
    out.shared = entry.statements.size() == 1;
    add(name_after(words, "on"));
    return out;
  }
  add(name_after(words, "table"));
  if (entry.type == "FK CONSTRAINT") add(name_after(words, "references"));
  return out;
}

void run_post_data(const std::shared_ptr<Sessions>& sessions,
                   const std::vector<ScriptEntry>& entries,
                   const std::map<std::string, std::uint64_t>& weights,
                   const std::map<TableName, PartitionRoot>& roots, int jobs,
                   const std::string& path, Reporter& reporter,
                   std::vector<std::string>& left_out) {
  std::map<std::string, std::string> families;
  for (const auto& [partition, root] : roots)
    families[name_in_locks(partition)] = name_in_locks(root.table);
  const Loan session(sessions);
  ScriptRunner runner(*session, Within::nothing, path);
  for (std::size_t at = 0; at < entries.size();) {
    const Stage stage = stage_of(entries[at]);
    const std::size_t begin = at;
    while (at < entries.size() && stage_of(entries[at]) == stage) ++at;
    const std::span together(entries.data() + begin, at - begin);
    if (stage == Stage::alone) {
      runner.run(together, left_out);
      continue;
    }
    SideBySide(together, weights,
               stage == Stage::foreign_keys ? families : std::map<std::string, std::string>())
        .run(sessions, jobs, path, reporter, left_out);
  }
}

}  // namespace dbkeeper::postgres
