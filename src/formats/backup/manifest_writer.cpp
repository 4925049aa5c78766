#include <variant>

#include "dbkeeper/base/json_text.h"
#include "formats/backup/manifest.h"
#include "formats/backup/words.h"
#include "formats/json/schema_json.h"

namespace dbkeeper::backup {
namespace {

Value value_of(const BackupStream& stream) {
  return Value()
      .set("folder", stream.folder)
      .set("format", word_for(kStreamFormats, stream.format))
      .set("packing", word_for(kPackings, stream.packing));
}

Value value_of(const BackupDescription& description, const BackupTable& table) {
  Value stream;
  if (table.stream) stream = description.streams[*table.stream].folder;
  return Value()
      .set("schema", table.name.schema)
      .set("name", table.name.name)
      .set("columns", Value::list(table.columns))
      .set("stream", std::move(stream))
      .set("rows", table.total.rows)
      .set("digest", table.total.sum.text());
}

Value value_of(const BackupMember& member) {
  return Value().set("name", member.name).set("size", member.size).set("sha256", member.sha256);
}

// As in an export, and what only a backup has: partitions, and tables that extensions own.
Value value_of(const Schema& schema) {
  Value tables = Value::object();
  for (const Table& table : schema.tables) {
    Value described = table_value(schema, table);
    if (table.kind == TableKind::partitioned) described.set("partitioned", true);
    if (table.partition_of) described.set("partition_of", schema.display(*table.partition_of));
    if (!table.extension.empty()) described.set("extension", table.extension);
    tables.set(schema.display(table), std::move(described));
  }
  return tables;
}

Value value_of(const BackupDescription& description, const std::vector<BackupMember>& members) {
  Value schema_version;
  if (!description.tool.empty())
    schema_version.set("tool", description.tool).set("version", description.tool_version);
  return Value()
      .set("format", kFormat)
      .set("version", kVersion)
      .set("dbkeeper_version", description.dbkeeper_version)
      .set("engine", description.engine)
      .set("server_version", description.server_version)
      .set("database", description.database)
      .set("time", description.time)
      .set("label", description.label)
      .set("source_id", Value(description.source_id))
      .set("schema_version", std::move(schema_version))
      .set("rows", description.rows())
      .set("data_bytes", description.data_bytes)
      .set("properties", description.properties)
      .set("default_schema", description.schema.default_schema)
      .set("schema", value_of(description.schema))
      .set("streams", Value::list(description.streams,
                                  [](const BackupStream& stream) { return value_of(stream); }))
      .set("tables",
           Value::list(description.tables,
                       [&](const BackupTable& table) { return value_of(description, table); }))
      .set("members",
           Value::list(members, [](const BackupMember& member) { return value_of(member); }));
}

// Gives each member of objects and lists a line of its own, down to a depth: so that people, grep
// and diff can read it.
class Lines {
 public:
  explicit Lines(Buffer& out) : out_(out) {}

  void append(const Value& value, int depth) {
    if (const auto* object = std::get_if<Value::Object>(&value.data());
        object && depth > 0 && !object->empty())
      return append_all('{', '}', *object, [&](const Value::Member& member) {
        append_json_string(out_, member.first);
        out_ += std::string_view(": ");
        append(member.second, depth - 1);
      });
    if (const auto* list = std::get_if<Value::List>(&value.data());
        list && depth > 0 && !list->empty())
      return append_all('[', ']', *list, [&](const Value& item) { append(item, depth - 1); });
    append_json(out_, value);
  }

 private:
  template <class Items, class Append>
  void append_all(char open, char close, const Items& items, Append append_item) {
    out_ += open;
    indent_ += 2;
    for (const auto& item : items) {
      if (&item != &items.front()) out_ += ',';
      begin_line();
      append_item(item);
    }
    indent_ -= 2;
    begin_line();
    out_ += close;
  }

  void begin_line() {
    out_ += '\n';
    for (int i = 0; i < indent_; ++i) out_ += ' ';
  }

  Buffer& out_;
  int indent_ = 0;
};

}  // namespace

std::string manifest_text(const BackupDescription& description,
                          const std::vector<BackupMember>& members) {
  Buffer text;
  Lines(text).append(value_of(description, members), 2);
  text += '\n';
  return std::string(text.view());
}

}  // namespace dbkeeper::backup
