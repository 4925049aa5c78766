// Whether an image is sound, by SQLite's own check, and what rows its tables have: the proof that
// it can be counted on.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "dbkeeper/engines/backup.h"
#include "engines/sqlite/connection.h"
#include "engines/sqlite/image_file.h"

namespace dbkeeper::sqlite {

// What SQLite's quick_check says of a database: damage, and rows that break a rule of their own
// table, which a copy has as the original has them.
struct Health {
  std::vector<std::string> damage;
  std::vector<std::string> broken_rules;
  std::string unchecked;  // why SQLite couldn't check it, if so: a collation that it doesn't know
};

Health quick_check(Connection& connection);

// Error(failed) if there is damage: "the database '…' is damaged: …".
void require_sound(const Health& health, const std::filesystem::path& shown);

// Checks an image on a thread of its own, beside whoever reads its bytes.
class ImageCheck {
 public:
  // Begins at once. The image and the tables outlive it; `shown`: what messages call the database.
  ImageCheck(const ImageFile& image, std::filesystem::path shown, const OpenOptions& options,
             const std::vector<BackupTable>& tables);
  ~ImageCheck();  // ends what is still being done
  ImageCheck(const ImageCheck&) = delete;
  ImageCheck& operator=(const ImageCheck&) = delete;

  // Lends the calling thread to what is left to do, and returns when all is done. Damage is no
  // error here: it is in health(), and the tables that couldn't be read for it have no rows.
  std::vector<UnitRows> finish();
  // Requires: finish() has returned.
  const Health& health() const { return health_; }

 private:
  void work() noexcept;
  void run(Connection& connection, std::size_t task);
  void total(Connection& connection, std::size_t table);

  const ImageFile& image_;
  const std::filesystem::path shown_;
  const std::vector<BackupTable>& tables_;
  Stop ended_;  // by the user's stop, by an error, or since nobody waits any more
  std::stop_callback<std::function<void()>> users_stop_;
  OpenOptions options_;

  std::atomic<std::size_t> next_ = 0;  // task: the check, then table after table
  std::mutex mutex_;
  std::vector<UnitRows> rows_;
  Health health_;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace dbkeeper::sqlite
