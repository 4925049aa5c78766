// Where a document's bytes come from: a file, stdin, a pipe, or something that expands them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

#include "dbkeeper/base/stop.h"

namespace dbkeeper {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills at most `size` bytes; 0 at the end.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  // Whether it can go back to its first byte: what came from a pipe is gone.
  virtual bool can_start_over() const = 0;
  // Requires: can_start_over().
  virtual void start_over() = 0;
  // How much of it has been read, from 0 to 1; nothing where nobody knows how much there is.
  virtual std::optional<double> share_read() const { return std::nullopt; }
};

// The bytes of a file; `-` is stdin. One that is absent or can't be read is Error(input). A wait
// for more bytes of a pipe ends with Error(interrupted) soon after a stop was requested; `stop`
// outlives the source.
std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& path, const Stop& stop);

}  // namespace dbkeeper
