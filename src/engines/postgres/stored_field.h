// A column of a backup's rows on its way out: how COPY has its values, and what they are.
#pragma once

#include <string>
#include <string_view>

#include "dbkeeper/model/backup.h"
#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"
#include "engines/postgres/wire.h"

namespace dbkeeper::postgres {

// Keeps its room from one value to the next: one thread at a time.
class StoredField {
 public:
  // Error(failed) if the type's binary form can't be read here.
  StoredField(const Column& column, StreamFormat format);

  // Adds the value that these bytes are to the batch: of COPY BINARY a field, of COPY's text format
  // one with its escapes resolved. Requires: not NULL.
  void decode(std::string_view bytes, Batch& batch);

 private:
  // What the text is, in the type's binary form.
  void decode_text(std::string_view text, Batch& batch);

  wire::Decoder decode_;
  wire::Encoder encode_;  // text goes through the binary form; none: it stays text
  std::string binary_;
};

}  // namespace dbkeeper::postgres
