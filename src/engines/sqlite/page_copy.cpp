#include "engines/sqlite/page_copy.h"

#include "engines/sqlite/commit.h"

namespace dbkeeper::sqlite {
namespace {

// Fewer cost more, and more make writers wait for longer.
constexpr int kPagesPerStep = 1024;

}  // namespace

PageCopy::PageCopy(Connection& from, Connection& to)
    : from_(from),
      to_(to),
      backup_(sqlite3_backup_init(to.handle(), "main", from.handle(), "main")) {
  if (!backup_) to.fail(sqlite3_extended_errcode(to.handle()));
}

bool PageCopy::step() { return step(kPagesPerStep); }

bool PageCopy::step(int pages) {
  from_.stop().check();
  stepping_ = true;
  const int code = sqlite3_backup_step(backup_.get(), pages);
  stepping_ = false;
  // The last step has committed before it gives its lock back.
  if (code == SQLITE_DONE ||
      (is_failed_unlock(code) && sqlite3_backup_remaining(backup_.get()) == 0))
    return false;
  if (code != SQLITE_OK) {
    backup_.reset();  // only this tells the target what it was
    to_.fail(code, sqlite3_errstr(code));
  }
  const int left = sqlite3_backup_remaining(backup_.get());
  started_over_ = left_ >= 0 && left >= left_;
  left_ = left;
  return true;
}

}  // namespace dbkeeper::sqlite
