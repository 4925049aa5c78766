// A source of bytes that were first written to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/base/temporary_file.h"

namespace dbkeeper {

class TemporaryBytes final : public ByteSource {
 public:
  // `content`: what it will hold, for messages.
  explicit TemporaryBytes(std::string content) : file_(std::move(content)) {}

  void append(std::string_view bytes) { file_.append(bytes); }

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t got = file_.read(at_, buffer, size);
    at_ += got;
    return got;
  }
  bool can_start_over() const override { return true; }
  void start_over() override { at_ = 0; }
  std::optional<double> share_read() const override {
    if (file_.size() == 0) return std::nullopt;
    return static_cast<double>(at_) / static_cast<double>(file_.size());
  }

 private:
  TemporaryFile file_;
  std::uint64_t at_ = 0;
};

}  // namespace dbkeeper
