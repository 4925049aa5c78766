// FILE.dbk.proof: {"size": …, "mtime_ns": …, "verified": "…", "restored": "…", "restore_seconds":
// …, "before_collapse": …, "accepted": …}
#include <sys/stat.h>

#include <string>

#include "core/record_file.h"
#include "dbkeeper/base/atomic_file.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/json_text.h"
#include "dbkeeper/base/utc.h"
#include "dbkeeper/core/backup_folder.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

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

std::optional<Moment> time_member(const Value& object, std::string_view name) {
  const auto text = member_of<std::string>(object, name);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

double seconds_member(const Value& object, std::string_view name) {
  if (const auto whole = member_of<std::int64_t>(object, name)) return static_cast<double>(*whole);
  return member_of<double>(object, name).value_or(0);
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
          .set("restore_seconds", proof.restored ? Value(proof.restore_seconds) : Value())
          .set("before_collapse", proof.before_collapse)
          .set("accepted", proof.accepted);
  AtomicFile file(proof_file_of(backup));
  file.write(json_of(record) + "\n");
  file.commit();
}

}  // namespace

fs::path proof_file_of(const fs::path& backup) { return backup.string() + ".proof"; }

std::optional<BackupProof> read_proof(const fs::path& backup) {
  const auto state = state_of(backup);
  const auto record = read_record_file(proof_file_of(backup));
  if (!state || !record || member_of<std::int64_t>(*record, "size") != state->size ||
      member_of<std::int64_t>(*record, "mtime_ns") != state->mtime_ns)
    return std::nullopt;
  return BackupProof{time_member(*record, "verified"), time_member(*record, "restored"),
                     seconds_member(*record, "restore_seconds"),
                     member_of<bool>(*record, "before_collapse").value_or(false),
                     member_of<bool>(*record, "accepted").value_or(false)};
}

ProofChange change_since_proof(const fs::path& backup) {
  const auto state = state_of(backup);
  const auto record = read_record_file(proof_file_of(backup));
  if (!state || !record) return ProofChange::none;
  if (member_of<std::int64_t>(*record, "size").value_or(state->size) != state->size)
    return ProofChange::resized;
  const auto time = member_of<std::int64_t>(*record, "mtime_ns").value_or(state->mtime_ns);
  return time == state->mtime_ns ? ProofChange::none : ProofChange::written;
}

void record_collapse(const fs::path& backup, bool before_collapse, bool accepted) {
  auto proof = read_proof(backup);
  if (!proof) return;
  proof->before_collapse = before_collapse;
  proof->accepted = proof->accepted || accepted;
  write_proof(backup, *proof);
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

void forget_restored(const fs::path& backup) {
  auto proof = read_proof(backup);
  if (!proof || !proof->restored) return;
  proof->restored.reset();
  write_proof(backup, *proof);
}

void forget_proof(const fs::path& backup) {
  std::error_code gone_already;
  fs::remove(proof_file_of(backup), gone_already);
}

}  // namespace dbkeeper
