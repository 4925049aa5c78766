#include "cli/exit_code.h"

#include <csignal>

namespace dbkeeper::cli {

int exit_code(ErrorKind kind, int signal) {
  switch (kind) {
    case ErrorKind::failed:
      return 1;
    case ErrorKind::usage:
      return 2;
    case ErrorKind::connection:
      return 3;
    case ErrorKind::input:
      return 4;
    case ErrorKind::conflict:
      return 5;
    case ErrorKind::check:
      return 6;
    case ErrorKind::refused:
      return 7;
    case ErrorKind::altered:
      return 8;
    case ErrorKind::interrupted:
      return 128 + (signal != 0 ? signal : SIGINT);
  }
  return 1;
}

std::string_view kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::failed:
      return "failed";
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::connection:
      return "connection";
    case ErrorKind::input:
      return "input";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::check:
      return "check";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::altered:
      return "altered";
    case ErrorKind::interrupted:
      return "interrupted";
  }
  return "failed";
}

}  // namespace dbkeeper::cli
