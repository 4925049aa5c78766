// FILE.dbk.proof: {"size": …, "mtime_ns": …, "verified": "…", "restored": "…", "restore_seconds":
// …}
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/backup_folder.h"
#include "dbkeeper/formats/parse_json.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = 64 << 10;  // what is larger isn't ours

// By what a file is taken for the same.
struct FileState {
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
};

std::optional<FileState> state_of(const fs::path& file) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return FileState{info.st_size, info.st_mtim.tv_sec * kNanoseconds + info.st_mtim.tv_nsec};
}

template <class T>
std::optional<T> member(const Value& object, std::string_view name) {
  const auto* members = std::get_if<Value::Object>(&object.data());
  if (!members) return std::nullopt;
  for (const auto& [key, value] : *members)
    if (const T* found = std::get_if<T>(&value.data()); found && key == name) return *found;
  return std::nullopt;
}

std::optional<Moment> time_member(const Value& object, std::string_view name) {
  const auto text = member<std::string>(object, name);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

double seconds_member(const Value& object, std::string_view name) {
  if (const auto whole = member<std::int64_t>(object, name)) return static_cast<double>(*whole);
  return member<double>(object, name).value_or(0);
}

std::optional<Value> read_record(const fs::path& backup) {
  const fs::path file = proof_file_of(backup);
  std::error_code error;
  if (!fs::is_regular_file(file, error) || fs::file_size(file, error) > kLargest)
    return std::nullopt;
  std::string text(kLargest, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_json(text);
}

Value time_value(const std::optional<Moment>& time) {
  return time ? Value(rfc3339(*time)) : Value();
}

void write_proof(const fs::path& backup, const BackupProof& proof) {
  const auto state = state_of(backup);
  if (!state)
    throw Error(ErrorKind::failed, "'" + backup.string() + "' has gone, or is no ordinary file");
  const Value record =
      Value()
          .set("size", state->size)
          .set("mtime_ns", state->mtime_ns)
          .set("verified", time_value(proof.verified))
          .set("restored", time_value(proof.restored))
          .set("restore_seconds", proof.restored ? Value(proof.restore_seconds) : Value());
  AtomicFile file(proof_file_of(backup));
  file.write(json_of(record) + "\n");
  file.commit();
}

}  // namespace

fs::path proof_file_of(const fs::path& backup) { return backup.string() + ".proof"; }

std::optional<BackupProof> read_proof(const fs::path& backup) {
  const auto state = state_of(backup);
  const auto record = read_record(backup);
  if (!state || !record || member<std::int64_t>(*record, "size") != state->size ||
      member<std::int64_t>(*record, "mtime_ns") != state->mtime_ns)
    return std::nullopt;
  return BackupProof{time_member(*record, "verified"), time_member(*record, "restored"),
                     seconds_member(*record, "restore_seconds")};
}

void record_verified(const fs::path& backup, Moment when) {
  BackupProof proof = read_proof(backup).value_or(BackupProof{});
  proof.verified = when;
  write_proof(backup, proof);
}

void record_restored(const fs::path& backup, Moment when, double seconds) {
  BackupProof proof = read_proof(backup).value_or(BackupProof{});
  proof.restored = when;
  proof.restore_seconds = seconds;
  write_proof(backup, proof);
}

void forget_proof(const fs::path& backup) {
  std::error_code gone_already;
  fs::remove(proof_file_of(backup), gone_already);
}

}  // namespace dbkeeper
