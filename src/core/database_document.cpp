#include "dbkeeper/core/database_document.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/core/export.h"
#include "dbkeeper/formats/export_reader.h"
#include "dbkeeper/formats/export_writer.h"

namespace dbkeeper {
namespace {

class Text final : public ByteSource {
 public:
  void append(std::string_view piece) { text_ += piece; }
  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = text_.copy(buffer, size, at_);
    at_ += count;
    return count;
  }
  bool can_start_over() const override { return true; }
  void start_over() override { at_ = 0; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

// The document of an export without its rows: what it says of itself and of each table.
std::unique_ptr<ByteSource> frame_of(const export_json::Metadata& metadata, const Schema& schema,
                                     const ExportPlan& plan) {
  auto text = std::make_unique<Text>();
  ExportWriter writer([&](std::string_view piece) { text->append(piece); }, metadata, schema,
                      plan.tables());
  for (const Section section : {Section::references, Section::data, Section::relationships}) {
    writer.begin_section(section);
    for (const ExportPlan::Entry& entry : plan.entries) {
      if (entry.section != section) continue;
      writer.begin_table(*entry.table);
      writer.end_table({});
    }
  }
  writer.finish();
  return text;
}

class DatabaseDocument final : public RowDocument {
 public:
  DatabaseDocument(Database& database, const Stop& stop)
      : stop_(stop),
        snapshot_(database.snapshot()),
        schema_(snapshot_->schema()),
        plan_(plan_export(schema_, {})),
        expected_rows_(expected_rows(plan_)),
        frame_(frame_of(metadata_of(database), schema_, plan_)) {
    snapshot_->hold(plan_.tables());
    while (const auto table = frame_.next_table()) tables_.push_back(*table);
    for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i].columns = plan_.entries[i].columns;
  }

  const export_json::Metadata& metadata() const override { return frame_.metadata(); }
  const Schema& schema() const override { return frame_.schema(); }
  std::string header_digest() const override { return frame_.header_digest(); }
  std::uint64_t bytes() const override { return bytes_; }
  std::optional<double> share_read() const override {
    if (expected_rows_ == 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(rows_) / static_cast<double>(expected_rows_));
  }

  std::optional<FileTable> next_table() override {
    if (next_ == tables_.size()) {
      section_ = Section::relationships;
      snapshot_.reset();  // nobody has to wait for it any longer
      return std::nullopt;
    }
    section_ = tables_[next_].section;
    return tables_[next_++];
  }

  bool has_begun(Section section) const override { return section <= section_; }

  std::unique_ptr<RowSource> rows() override {
    return std::make_unique<Rows>(*this, plan_.entries[next_ - 1]);
  }

 private:
  class Rows final : public RowSource {
   public:
    Rows(DatabaseDocument& document, const ExportPlan::Entry& entry)
        : document_(document),
          entry_(entry),
          parts_(document.snapshot_->parts(document.plan_.selection, entry.set,
                                           std::numeric_limits<std::int64_t>::max())) {}

    bool next(Batch& batch) override {
      for (document_.stop_.check(); begin_part(); rows_.reset())
        if (rows_->next(batch)) {
          batch.take_plain_as_text();
          document_.bytes_ += batch.bytes();
          document_.rows_ += batch.rows();
          return true;
        }
      batch.clear();
      return false;
    }

   private:
    // Whether there is one.
    bool begin_part() {
      if (rows_) return true;
      if (part_ == parts_.size()) return false;
      rows_ = document_.snapshot_->rows(document_.plan_.selection, entry_.set, parts_[part_++],
                                        entry_.columns);
      return true;
    }

    DatabaseDocument& document_;
    const ExportPlan::Entry& entry_;
    const std::vector<Part> parts_;
    std::size_t part_ = 0;
    std::unique_ptr<RowSource> rows_;
  };

  export_json::Metadata metadata_of(Database& database) {
    const DatabaseInfo info = database.info();
    return describe_moment(moment_of(info), info, *snapshot_, schema_, plan_);
  }

  const Stop& stop_;
  std::unique_ptr<Snapshot> snapshot_;
  const Schema schema_;
  const ExportPlan plan_;
  const std::uint64_t expected_rows_;
  ExportReader frame_;
  std::vector<FileTable> tables_;  // as the plan's entries
  std::size_t next_ = 0;
  Section section_ = Section::references;
  std::uint64_t bytes_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<RowDocument> open_document(Database& database, const Stop& stop) {
  return std::make_unique<DatabaseDocument>(database, stop);
}

}  // namespace dbkeeper
