// A source that can start over even where what is behind it can't: it keeps what was read, in
// memory at first, then in a temporary file that has no name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/base/temporary_file.h"

namespace dbkeeper::export_json {

class Replay final : public ByteSource {
 public:
  explicit Replay(std::unique_ptr<ByteSource> source);
  ~Replay() override;

  std::size_t read(char* buffer, std::size_t size) override;
  bool can_start_over() const override { return true; }
  // Once at most, and not after forget().
  void start_over() override;
  std::optional<double> share_read() const override { return source_->share_read(); }
  // It won't be asked to start over any more.
  void forget();

 private:
  void keep(std::string_view bytes);

  std::unique_ptr<ByteSource> source_;
  bool keeping_;
  std::string kept_;
  std::unique_ptr<TemporaryFile> spool_;  // what was kept beyond kept_
  std::size_t replayed_ = 0;              // of kept_
  std::uint64_t spool_replayed_ = 0;
  bool replaying_ = false;
};

}  // namespace dbkeeper::export_json
