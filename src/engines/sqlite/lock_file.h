// The lock by which dbkeepers stay out of each other's way: a file beside the database.
#pragma once

#include <filesystem>
#include <string>

namespace dbkeeper::sqlite {

// "app.db-dbkeeper-lock".
std::filesystem::path lock_file_of(const std::filesystem::path& database);

// Held as long as this lives, or the process; the file is gone with it, or left to the next one.
class LockFile {
 public:
  explicit LockFile(std::filesystem::path file) : file_(std::move(file)) {}
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  // Whether it was free. Where none can be made, the folder can't be written to and nothing there
  // be destroyed: it counts as free.
  bool take();
  // Who has it, as they said themselves.
  std::string holder() const;

 private:
  bool is_ours() const;
  void say_whose() const;

  const std::filesystem::path file_;
  int fd_ = -1;
};

}  // namespace dbkeeper::sqlite
