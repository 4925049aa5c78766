#include "dbkeeper/base/thrown.h"

#include <new>
#include <string>
#include <system_error>

namespace dbkeeper {

Error as_error(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return Error(ErrorKind::failed, "out of memory")
        .hint("fewer --jobs need less")
        .of_surroundings();
  } catch (const std::system_error& error) {
    return Error(ErrorKind::failed, std::string("the system refused: ") + error.what())
        .hint("threads, memory or files may be limited (ulimit -a); fewer --jobs need less")
        .of_surroundings();
  } catch (const std::exception& error) {
    return Error(ErrorKind::failed, std::string("unexpected: ") + error.what())
        .hint("this is a fault of dbkeeper; please report it with the command that was called");
  } catch (...) {
    return Error(ErrorKind::failed, "unexpected: an exception of an unknown kind");
  }
}

}  // namespace dbkeeper
