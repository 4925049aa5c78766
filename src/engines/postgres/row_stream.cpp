#include "engines/postgres/row_stream.h"

namespace dbkeeper::postgres {
namespace {

using Texts = std::vector<std::optional<std::string>>;

// A statement on its way. Destroyed before its end, it is cancelled.
class Running {
 public:
  Running(Session& session, const std::string& sql)
      : session_(session), blocking_(session.canceller()) {
    if (!PQsendQuery(session_.raw(), sql.c_str())) throw session_.error(nullptr);
    running_ = true;
    PQsetSingleRowMode(session_.raw());
  }
  ~Running() {
    if (!running_) return;
    session_.canceller().cancel();
    drain();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // Null at the end.
  RawResult next() {
    RawResult result(PQgetResult(session_.raw()));
    if (!result) {
      running_ = false;
      if (!session_.alive()) throw session_.error(nullptr);
      return result;
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
      return result;
    const Error error = session_.error(result.get());
    drain();
    throw error;
  }

 private:
  void drain() noexcept {
    running_ = false;
    while (RawResult(PQgetResult(session_.raw()))) {
    }
  }

  Session& session_;
  Blocking blocking_;
  bool running_ = false;
};

void read_row(const PGresult* result, int row, Texts& texts) {
  for (int column = 0; column < static_cast<int>(texts.size()); ++column) {
    auto& text = texts[static_cast<std::size_t>(column)];
    if (PQgetisnull(result, row, column))
      text.reset();
    else
      text.emplace(PQgetvalue(result, row, column),
                   static_cast<std::size_t>(PQgetlength(result, row, column)));
  }
}

}  // namespace

void for_each_row(Session& session, const std::string& sql,
                  const std::function<void(const Texts&)>& take) {
  Running running(session, sql);
  Texts texts;
  while (const RawResult result = running.next()) {
    texts.resize(static_cast<std::size_t>(PQnfields(result.get())));
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      read_row(result.get(), row, texts);
      take(texts);
    }
  }
}

}  // namespace dbkeeper::postgres
