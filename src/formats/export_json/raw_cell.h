// One value of a row that isn't an array: what it is, and its bytes as the text still has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"
#include "formats/export_json/json_cursor.h"
#include "formats/export_json/tag.h"

namespace dbkeeper::export_json {

// What a column's values are taken for.
struct Kind {
  Family family = Family::other;
  Family element = Family::other;  // of an array
};

struct RawCell {
  enum class Form { as_is, escaped, base64, escaped_base64 };
  CellView cell;  // its text is what stands between the quotes
  Form form = Form::as_is;
};

// Takes a value that is no tagged one. `lenient`: a whole number may stand for a float.
RawCell plain_cell(JsonCursor& in, Family family, bool lenient);

// What an object is that was taken: `text`, which begins at `offset`, and the tag that it is.
RawCell object_cell(std::string_view text, std::size_t offset, const std::optional<Tag>& tag,
                    Family family);

// Adds it to the batch, its bytes decoded on the way. `in` knows the place, for a Fault.
void add(Batch& batch, const RawCell& raw, const JsonCursor& in);

// The cell with its bytes decoded, into `scratch` where they have to be.
CellView decoded(const RawCell& raw, std::string& scratch, const JsonCursor& in);

}  // namespace dbkeeper::export_json
