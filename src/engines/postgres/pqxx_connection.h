// The one file that knows which libpqxx this is: a libpqxx connection around a PGconn that we
// opened, so that COPY BINARY, which libpqxx lacks, and its queries share one session.
#pragma once

#include <pqxx/pqxx>

#include "engines/postgres/libpq.h"

namespace dbkeeper::postgres {

#if PQXX_VERSION_MAJOR < 7

// libpqxx 6 takes no foreign PGconn but lets a policy make it. A later call would be its silent
// reconnect, which would lose the snapshot: refused.
class Adopted : public pqxx::connectionpolicy {
 public:
  explicit Adopted(RawConnection raw)
      : pqxx::connectionpolicy(std::string()), raw_(std::move(raw)) {}

  // Called twice while connecting: to begin, and to go on with what was begun.
  handle do_startconnect(handle begun) override {
    if (begun) return begun;
    if (closed_) throw pqxx::broken_connection("the connection is lost");
    return raw_.release();
  }

  // On the second statement after the server was lost, libpqxx closes the connection. Its owner still
  // asks it what went wrong: it stays until the end.
  handle do_disconnect(handle lost) noexcept override {
    if (lost) raw_.reset(lost);
    closed_ = true;
    return nullptr;
  }

 private:
  RawConnection raw_;
  bool closed_ = false;
};

class PqxxConnection : public pqxx::connection_base {
 public:
  explicit PqxxConnection(RawConnection raw)
      : pqxx::connection_base(policy_), policy_(std::move(raw)) {
    init();
  }
  ~PqxxConnection() noexcept { close(); }

 private:
  Adopted policy_;
};

#else

class PqxxConnection : public pqxx::connection {
 public:
  explicit PqxxConnection(RawConnection raw)
      : pqxx::connection(pqxx::connection::seize_raw_connection(raw.release())) {}
};

#endif

}  // namespace dbkeeper::postgres
