// The lock by which dbkeepers stay out of each other's way: a file beside the database.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dbkeeper::sqlite {

// "app.db-dbkeeper-lock".
std::filesystem::path lock_file_of(const std::filesystem::path& database);

// Held as long as this lives, or the process; the file is gone with it, or left to the next one.
class LockFile {
 public:
  enum class State {
    ours,
    anothers,
    none  // the file system has no locks
  };

  explicit LockFile(std::filesystem::path file);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  // Error(refused) where the file can't be opened.
  State take();
  // Who has it, as they said themselves.
  std::string holder() const;

  // A secret; the holder's proves that one was started by it.
  const std::string& token() const { return token_; }
  bool is_holders(const std::string& token) const;

 private:
  bool is_ours() const;
  void say_whose() const;
  std::vector<std::string> lines() const;

  const std::filesystem::path file_;
  const std::string token_;
  int fd_ = -1;
};

}  // namespace dbkeeper::sqlite
