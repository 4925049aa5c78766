#include "dbkeeper/core/id_map.h"

#include "dbkeeper/base/buffer.h"
#include "dbkeeper/base/json_text.h"

namespace dbkeeper {
namespace {

// Text is handed on when it has grown to this.
constexpr std::size_t kPiece = 64 << 10;

class IdMapWriter {
 public:
  IdMapWriter(const std::function<void(std::string_view)>& output, const Stop& stop)
      : output_(output), stop_(stop) {
    text_ += '{';
  }

  // Keys are JSON arrays already.
  void add(std::string_view table, bool first_of_table, std::string_view old_key,
           std::string_view new_key) {
    if (first_of_table) begin_table(table);
    text_ += std::string_view(first_of_table ? "\n{\"old\": " : ",\n{\"old\": ");
    text_ += old_key;
    text_ += ", \"new\": ";
    text_ += new_key;
    text_ += "}";
    if (text_.size() >= kPiece) hand_on();
  }

  void finish() {
    text_ += std::string_view(any_table_ ? "\n]}\n" : "}\n");
    hand_on();
  }

 private:
  void begin_table(std::string_view table) {
    if (any_table_) text_ += "\n],\n";
    any_table_ = true;
    append_json_string(text_, table);
    text_ += ": [";
  }

  void hand_on() {
    stop_.check();
    output_(text_.view());
    text_.clear();
  }

  const std::function<void(std::string_view)>& output_;
  const Stop& stop_;
  Buffer text_;
  bool any_table_ = false;
};

}  // namespace

void write_id_map(Import& import, const ImportPlan& plan,
                  const std::function<void(std::string_view)>& output, const Stop& stop) {
  IdMapWriter writer(output, stop);
  for (std::size_t table = 0; table < plan.tables.size(); ++table) {
    bool first = true;
    import.remapped(table, [&](std::string_view old_key, std::string_view new_key) {
      writer.add(plan.tables[table].name, first, old_key, new_key);
    first = false;
  });
}
writer.finish();
}  // namespace dbkeeper

}  // namespace dbkeeper
