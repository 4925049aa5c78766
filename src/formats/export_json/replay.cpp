#include "formats/export_json/replay.h"

#include <algorithm>
#include <cstring>

namespace dbkeeper::export_json {
namespace {

constexpr std::size_t kInMemory = 4 << 20;

}  // namespace

Replay::Replay(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), keeping_(!source_->can_start_over()) {}
Replay::~Replay() = default;

void Replay::keep(std::string_view bytes) {
  if (!spool_ && kept_.size() + bytes.size() <= kInMemory) {
    kept_ += bytes;
    return;
  }
  if (!spool_) spool_ = std::make_unique<TemporaryFile>("the document");
  spool_->append(bytes);
}

std::size_t Replay::read(char* buffer, std::size_t size) {
  if (replaying_) {
    const std::size_t count = std::min(size, kept_.size() - replayed_);
    std::memcpy(buffer, kept_.data() + replayed_, count);
    replayed_ += count;
    if (count > 0) return count;
    const std::size_t spooled = spool_ ? spool_->read(spool_replayed_, buffer, size) : 0;
    spool_replayed_ += spooled;
    if (spooled > 0) return spooled;
    forget();
  }
  const std::size_t got = source_->read(buffer, size);
  if (keeping_) keep({buffer, got});
  return got;
}

void Replay::start_over() {
  replaying_ = keeping_;
  if (!keeping_) source_->start_over();
  keeping_ = false;
}

void Replay::forget() {
  keeping_ = replaying_ = false;
  kept_ = {};
  spool_.reset();
}

}  // namespace dbkeeper::export_json
