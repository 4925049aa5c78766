#include "cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/write.h"

namespace dbkeeper::cli {

bool write_stdout(std::string_view text) {
  const int problem = write_whole(STDOUT_FILENO, text);
  if (problem == 0) return true;
  if (problem == EPIPE) return false;
  throw Error(ErrorKind::failed,
              fmt::format("cannot write to standard output: {}", std::strerror(problem)));
}

}  // namespace dbkeeper::cli
