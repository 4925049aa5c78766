// Streams of bytes, compressed with zstd on the way out and expanded on the way in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "dbkeeper/formats/export_json.h"

namespace dbkeeper {

// Compresses on a thread of its own, from which the output is called too, so that write() rarely
// waits.
class ZstdWriter {
 public:
  explicit ZstdWriter(export_json::Output output);
  ~ZstdWriter();

  void write(std::string_view bytes);
  // Ends the stream. Without it what was written is truncated, and every reader notices.
  void finish();

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

// Whether a file that begins like this is compressed with zstd.
bool is_zstd(std::string_view beginning);
// How long the first stream is once it is expanded, where its head says so.
std::optional<std::uint64_t> expanded_size(std::string_view beginning);

// Expands one stream or several behind one another. Error(input) if it is damaged or ends too
// early.
class ZstdReader {
 public:
  explicit ZstdReader(export_json::Input input);
  ~ZstdReader();

  // Fills at most `size` bytes; 0 at the end.
  std::size_t read(char* buffer, std::size_t size);

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace dbkeeper
