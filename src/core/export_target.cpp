#include "dbkeeper/core/export_target.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/base/write.h"
#include "dbkeeper/core/output_name.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCompressed = ".zst";

std::string default_name(const std::string& database) {
  return fmt::format("{}_export_{}.json", file_name_of(database),
                     file_stamp(std::chrono::system_clock::now()));
}

}  // namespace

ExportTarget::ExportTarget(const std::string& where, const std::string& database, bool overwrite,
                           const Stop& stop)
    : stop_(stop), overwrite_(overwrite) {
  open(where, database);
  if (path_.string().ends_with(kCompressed))
    compressor_.emplace([this](std::string_view bytes) { put(bytes); });
}

ExportTarget::~ExportTarget() {
  if (stream_ > STDERR_FILENO) ::close(stream_);
}

void ExportTarget::open(const std::string& where, const std::string& database) {
  if (where == kStandardOutput) {
    stream_ = STDOUT_FILENO;
    return;
  }
  named_ = !where.empty() && !is_folder_name(where);
  if (named_ && !overwrite_) check_replaces_nothing(where);
  path_ = named_ ? fs::path(where) : fs::path(where) / default_name(database);
  if (!named_ || !is_stream(path_)) {
    file_.emplace(path_, named_ ? Links::follow : Links::replace);
    return;
  }
  stream_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (stream_ < 0)
    throw Error(ErrorKind::failed,
                fmt::format("cannot write '{}': {}", path_.string(), std::strerror(errno)));
}

void ExportTarget::write(std::string_view text) {
  if (compressor_)
    compressor_->write(text);
  else
    put(text);
}

void ExportTarget::put(std::string_view bytes) {
  bytes_ += bytes.size();
  if (file_) return file_->write(bytes);
  const int problem = write_whole(stream_, bytes, stop_);
  if (problem == 0) return;
  const std::string name = path_.empty() ? "standard output" : fmt::format("'{}'", path_.string());
  if (problem == EPIPE)
    throw Error(ErrorKind::failed,
                fmt::format("{} was closed before the export was complete", name));
  throw Error(ErrorKind::failed,
              fmt::format("cannot write to {}: {}", name, std::strerror(problem)));
}

void ExportTarget::complete() {
  if (std::exchange(complete_, true)) return;
  if (compressor_) compressor_->finish();
  if (file_) file_->sync();
}

std::string ExportTarget::commit() {
  complete();
  if (!file_) return path_.string();
  if (!named_) return file_->commit_as_new().string();
  if (overwrite_)
    file_->commit();
  else if (!file_->commit_if_free())
    throw refused_to_replace(path_);
  return path_.string();
}

std::string ExportTarget::commit_beside() {
  if (!file_ || overwrite_) return commit();
  complete();
  return file_->commit_if_free() ? path_.string() : file_->commit_as_new().string();
}

std::string file_name_of(const std::string& database) {
  std::string name = database;
  for (char& c : name)
    if (c == '/' || static_cast<unsigned char>(c) < 0x20) c = '_';
  if (name.starts_with('-') || name.starts_with('.')) name.front() = '_';
  return name;
}

}  // namespace dbkeeper
