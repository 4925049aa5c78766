// An image's pages over those of a database that applications may have open, as one transaction of
// it: until its end whoever has the database open sees the old content, then the new; a kill before
// that leaves a journal or log that the next one to open it takes back.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engines/sqlite/connection.h"
#include "engines/sqlite/image_file.h"
#include "engines/sqlite/page_copy.h"
#include "engines/sqlite/write_proof.h"

namespace dbkeeper::sqlite {

inline constexpr const char* kSchemaVersion = "PRAGMA schema_version";

// Destroyed before finish(), it leaves the database as it was.
class Overwriting {
 public:
  // `image`, which outlives it, may be another one of the same content afterwards. Throws as a
  // connection does, also of a file that is no database any more.
  Overwriting(const Location& location, const OpenOptions& options,
              std::unique_ptr<ImageFile>& image);

  // Others don't write to the database from now on; they can read it.
  void hold();
  // After hold(): nobody else reads or writes from now on. False if somebody has written since, in
  // the moment between two transactions: nothing is held then.
  bool take();
  // Before finish(): how often the schema was said to have changed. Once finish() is done, more
  // often.
  std::int64_t schema_version() const { return schema_version_; }
  // After take(), or without. What was written is compared with the image before it counts.
  void finish();

 private:
  // The image and the connections, as the copying wants them.
  void prepare();
  void begin_copy();
  std::int64_t image_page() const;
  void resize_pages(std::int64_t bytes);
  void vacuum_into(const ImageFile& resized, std::int64_t page);

  const OpenOptions options_;
  Connection target_;
  std::unique_ptr<ImageFile>& image_;
  std::string held_;  // the version that hold() found
  std::int64_t schema_version_ = 0;
  std::optional<Connection> from_;
  std::optional<PageCopy> pages_;
  std::optional<WriteProof> proof_;
};

}  // namespace dbkeeper::sqlite
