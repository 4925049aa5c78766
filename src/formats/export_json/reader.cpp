#include "dbkeeper/formats/export_reader.h"

#include "formats/export_json/document.h"

namespace dbkeeper {

ExportReader::ExportReader(std::unique_ptr<ByteSource> source, ReaderOptions options)
    : document_(std::make_unique<Document>(std::move(source), std::move(options))) {}
ExportReader::~ExportReader() = default;
ExportReader::ExportReader(ExportReader&&) noexcept = default;

const export_json::Metadata& ExportReader::metadata() const { return document_->metadata(); }
const Schema& ExportReader::schema() const { return document_->schema(); }
std::optional<FileTable> ExportReader::next_table() { return document_->next_table(); }
bool ExportReader::has_begun(Section section) const { return document_->has_begun(section); }
const RowTotal& ExportReader::total() const { return document_->total(); }
std::string ExportReader::header_digest() const { return document_->header_digest(); }
std::uint64_t ExportReader::bytes() const { return document_->bytes(); }
std::optional<double> ExportReader::share_read() const { return document_->share_read(); }

std::unique_ptr<RowSource> ExportReader::rows() {
  class Rows final : public RowSource {
   public:
    explicit Rows(Document& document) : document_(document) {}
    bool next(Batch& batch) override { return document_.next_rows(batch); }

   private:
    Document& document_;
  };
  return std::make_unique<Rows>(*document_);
}

}  // namespace dbkeeper
