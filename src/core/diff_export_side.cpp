#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/export_choice.h"
#include "core/reading_progress.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/temporary_bytes.h"
#include "dbkeeper/core/diff_side.h"
#include "dbkeeper/formats/export_reader.h"
#include "dbkeeper/formats/export_source.h"

namespace dbkeeper {
namespace {

constexpr std::size_t kBlock = 256 << 10;

// The source itself, or what a pipe has, all of it.
std::unique_ptr<ByteSource> restartable(std::unique_ptr<ByteSource> source) {
  if (source->can_start_over()) return source;
  auto kept = std::make_unique<TemporaryBytes>("the document");
  std::vector<char> block(kBlock);
  while (const std::size_t got = source->read(block.data(), block.size()))
    kept->append({block.data(), got});
  return kept;
}

// Lends a source to a reader, which wants one of its own.
class Lent final : public ByteSource {
 public:
  explicit Lent(ByteSource& source) : source_(source) {}
  std::size_t read(char* buffer, std::size_t size) override { return source_.read(buffer, size); }
  bool can_start_over() const override { return source_.can_start_over(); }
  void start_over() override { source_.start_over(); }
  std::optional<double> share_read() const override { return source_.share_read(); }

 private:
  ByteSource& source_;
};

class ExportSide final : public DiffSide {
 public:
  ExportSide(std::unique_ptr<ByteSource> bytes, const std::string& name, Reporter& reporter,
             const Stop& stop)
      : stop_(stop), bytes_(restartable(std::move(bytes))) {
    description_.name = name;
    description_.is_export = true;
    description_.whole_schema = false;
    prove(reporter);
    for (const Table& table : schema_.tables) add(table);
  }

  const Description& description() const override { return description_; }
  const Schema& schema() const override { return schema_; }
  const std::vector<DiffTable>& tables() const override { return tables_; }
  const std::vector<MigrationState>& migrations() const override { return migrations_; }

  std::string why_absent(const Schema& schema, const Table& table) const override {
    const std::string why = choice_.why_absent(schema, table);
    return why.empty() ? why : fmt::format("{} was made {}", description_.name, why);
  }

  void prepare(const std::vector<std::string>&) override {}

  // What a generated column adds to the file's digest is not compared.
  std::optional<RowTotal> known_total(const std::string& table) const override {
    const Held& held = held_.at(table);
    const Table& described = *schema_.find(*parse_display(table, schema_.default_schema));
    for (const std::string& column : held.columns)
      if (described.find_column(column)->generated()) return std::nullopt;
    return held.total;
  }

  std::uint64_t estimated_rows(const std::string& table) const override {
    return held_.at(table).total.rows;
  }

  void read(const std::vector<WantedRows>& wanted, RowVisitor& visitor) override {
    std::map<std::string, std::size_t> missing;
    for (std::size_t index = 0; index < wanted.size(); ++index)
      missing[wanted[index].table] = index;
    if (missing.empty()) return;
    bytes_->start_over();
    with_reader({}, [&](ExportReader& reader) {
      while (const auto table = reader.next_table()) {
        stop_.check();
        const auto found = missing.find(table->name);
        if (table->section == Section::references || found == missing.end()) continue;
        read(*table, reader, found->second, visitor);
        missing.erase(found);
        if (missing.empty()) return;
      }
    });
  }

 private:
  // A table whose rows are in the file.
  struct Held {
    std::vector<std::string> columns;
    RowTotal total;
  };

  // Runs `work` with a reader of the document; what is wrong with the file is told with its name.
  template <class Work>
  void with_reader(ReaderOptions options, Work work) {
    try {
      ExportReader reader(export_source(std::make_unique<Lent>(*bytes_)), std::move(options));
      work(reader);
    } catch (Error& error) {
      if (error.kind() == ErrorKind::input)
        error.during(fmt::format("reading {}", description_.name));
      throw;
    }
  }

  void prove(Reporter& reporter) {
    const auto warn = [&](std::string_view text) {
      reporter.warn(fmt::format("{}: {}", description_.name, text));
    };
    with_reader({.warn = warn}, [&](ExportReader& reader) {
      describe(reader);
      std::uint64_t rows = 0;
      while (const auto table = reader.next_table()) {
        Batch batch(table->columns.size());
        const auto source = reader.rows();
        while (source->next(batch)) {
          stop_.check();
          rows += batch.rows();
          reporter.progress(reading_progress("verify", table->name, rows, reader));
        }
        if (table->section != Section::references)
          held_[table->name] = {table->columns, reader.total()};
      }
    });
  }

  void describe(const ExportReader& reader) {
    const export_json::Metadata& metadata = reader.metadata();
    schema_ = reader.schema();
    description_.database = metadata.database;
    description_.engine = metadata.engine;
    description_.server_version = metadata.server_version;
    description_.exported_at = metadata.timestamp;
    choice_ = ExportChoice(metadata.options);
    if (metadata.schema_version)
      migrations_.push_back({.tool = metadata.schema_version->tool,
                             .table = {},
                             .version = metadata.schema_version->version,
                             .failed = {}});
  }

  void add(const Table& table) {
    DiffTable entry{.name = schema_.display(table), .table = &table};
    if (const auto held = held_.find(entry.name); held != held_.end()) {
      entry.choice = choice_.of_rows(schema_, table);
      for (const std::string& column : held->second.columns)
        if (!table.find_column(column)->generated()) entry.columns.push_back(column);
    } else {
      entry.left_out =
          fmt::format("{} has only rows of it that others refer to", description_.name);
    }
    tables_.push_back(std::move(entry));
  }

  void read(const FileTable& table, ExportReader& reader, std::size_t index, RowVisitor& visitor) {
    visitor.begin(index, table.columns);
    Batch batch(table.columns.size());
    const auto rows = reader.rows();
    while (rows->next(batch)) {
      stop_.check();
      if (!visitor.take(batch)) return;
    }
  }

  const Stop& stop_;
  const std::unique_ptr<ByteSource> bytes_;
  Description description_;
  Schema schema_;
  ExportChoice choice_;
  std::vector<MigrationState> migrations_;
  std::map<std::string, Held> held_;
  std::vector<DiffTable> tables_;
};

}  // namespace

std::unique_ptr<DiffSide> export_side(std::unique_ptr<ByteSource> bytes, const std::string& name,
                                      Reporter& reporter, const Stop& stop) {
  return std::make_unique<ExportSide>(std::move(bytes), name, reporter, stop);
}

}  // namespace dbkeeper
