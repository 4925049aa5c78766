// libpq's handles as values.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

namespace dbkeeper::postgres {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
struct FreeMemory {
  void operator()(void* memory) const { PQfreemem(memory); }
};
struct FreeCancel {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};
struct FreeConninfo {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

using RawConnection = std::unique_ptr<PGconn, Finish>;
using RawResult = std::unique_ptr<PGresult, Clear>;
using RawCancel = std::unique_ptr<PGcancel, FreeCancel>;
using RawConninfo = std::unique_ptr<PQconninfoOption, FreeConninfo>;

// libpq answers with null where it has nothing to say.
inline std::string text_or_empty(const char* text) { return text ? text : ""; }

}  // namespace dbkeeper::postgres
