#include "engines/postgres/copy_pieces.h"

#include <fmt/format.h>

#include "dbkeeper/engines/backup.h"
#include "dbkeeper/model/copy_rows.h"

namespace dbkeeper::postgres {
namespace {

// What is put together, counted and compressed in one go, before it leaves the processor's caches.
constexpr std::size_t kPiece = std::size_t{4} << 20;

constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view kTrailer("\377\377", 2);

class Pieces {
 public:
  Pieces(CopyFormat format, std::string& room, const std::function<void(std::string_view)>& take)
      : binary_(format == CopyFormat::binary), take_(take), piece_(room) {
    piece_.reserve(kPiece);
    begin();
  }

  // A message: whole rows, the binary header before the first.
  void add(std::string_view message) {
    if (binary_ && first_) {
      if (!message.starts_with(kHeader))
        throw Error(ErrorKind::failed, "the server sends another form of COPY than expected");
      message.remove_prefix(kHeader.size());
      first_ = false;
    }
    if (binary_ && message == kTrailer) return;
    if (!empty() && piece_.size() + message.size() + kTrailer.size() > kPiece) hand_over();
    piece_ += message;
  }

  RowTotal finish() {
    if (!empty()) hand_over();
    return total_;
  }

 private:
  void begin() {
    piece_.clear();
    if (binary_) piece_ += kHeader;
  }
  bool empty() const { return piece_.size() == (binary_ ? kHeader.size() : 0); }

  void hand_over() {
    if (binary_) piece_ += kTrailer;
    total_ += binary_ ? binary_copy_rows(piece_) : text_copy_rows(piece_);
    take_(piece_);
    begin();
    if (piece_.capacity() <= 2 * kPiece) return;
    piece_.shrink_to_fit();
    piece_.reserve(kPiece);
  }

  const bool binary_;
  const std::function<void(std::string_view)>& take_;
  bool first_ = true;
  std::string& piece_;
  RowTotal total_;
};

}  // namespace

RowTotal copy_pieces(Session& session, const std::string& what, CopyFormat format,
                     const std::string& recover, std::string& room,
                     const std::function<void(std::string_view)>& take) {
  CopyOut copy(session,
               fmt::format("COPY {} TO STDOUT (FORMAT {})", what,
                           format == CopyFormat::binary ? "binary" : "text"),
               recover);
  Pieces pieces(format, room, take);
  for (std::string_view message = copy.next(); !message.empty(); message = copy.next()) {
    pieces.add(message);
    session.check_stop();
  }
  return pieces.finish();
}

}  // namespace dbkeeper::postgres
