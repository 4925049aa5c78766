// How a JSON value may stand inside the document so that it is read back as it was.
#pragma once

#include <string_view>

namespace dbkeeper::export_json {

enum class Embedding {
  plain,  // as it stands
  value,  // as it stands, tagged: else it would be taken for SQL NULL or for a tag
  text    // as a tagged string: it would not survive, or be refused by readers
};

// Deeper than this a value is kept as text: readers refuse documents of more than 1,000 levels.
inline constexpr int kDeepest = 900;

// Requires: a valid JSON text.
Embedding embedding_of(std::string_view json);

}  // namespace dbkeeper::export_json
