#include "formats/export_json/cell_parser.h"

#include "formats/export_json/tag.h"

namespace dbkeeper::export_json {

void CellParser::parse(JsonCursor& in, const Kind& kind, Batch& batch) {
  const char first = in.peek();
  if (first == '{')
    parse_object(in, kind, batch);
  else if (first == '[' && kind.family == Family::array)
    batch.add(CellKind::array, array_.parse(in, kind.element, nullptr));
  else
    add(batch, plain_cell(in, kind.family, lenient_), in);
}

void CellParser::parse_object(JsonCursor& in, const Kind& kind, Batch& batch) {
  in.peek();
  const std::size_t begin = in.at();
  const std::string_view text = in.value();
  const auto tag = parse_tag(text, begin);
  if (tag && tag->type == "array" && kind.family == Family::array) {
    JsonCursor value(tag->value, begin + static_cast<std::size_t>(tag->value.data() - text.data()));
    batch.add(CellKind::array, array_.parse(value, kind.element, &tag->lower));
  } else {
    add(batch, object_cell(text, begin, tag, kind.family), in);
  }
}

}  // namespace dbkeeper::export_json
