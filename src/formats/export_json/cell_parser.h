// From a JSON value to a cell, by the kind of its column: the reverse of what RowEncoder writes,
// tags and arrays included (docs/export-format.md, "Values").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dbkeeper/model/batch.h"
#include "dbkeeper/model/schema.h"
#include "formats/export_json/array_parser.h"
#include "formats/export_json/json_cursor.h"
#include "formats/export_json/raw_cell.h"

namespace dbkeeper::export_json {

class CellParser {
 public:
  // `lenient`: a whole number may stand for a float, as other JSON tools write them.
  explicit CellParser(bool lenient) : lenient_(lenient) {}

  // Takes one value and adds it to the batch; a Fault if the kind doesn't allow it.
  void parse(JsonCursor& in, const Kind& kind, Batch& batch);

 private:
  void parse_object(JsonCursor& in, const Kind& kind, Batch& batch);

  bool lenient_;
  ArrayParser array_;
};

}  // namespace dbkeeper::export_json
