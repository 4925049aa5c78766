// The one error type. Engines and libraries translate theirs into it at the edge of their room;
// only the command line prints it.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "dbkeeper/base/value.h"

namespace dbkeeper {

// What went wrong, as far as the caller has to act differently. The exit code follows from it.
enum class ErrorKind {
  failed,      // the work failed; the database is as it was
  usage,       // wrong option, value or configuration
  connection,  // the database can't be reached or opened
  input,       // a file is invalid, truncated, of an unknown version, or its checksum is off
  conflict,    // the data can't be brought in without breaking a rule or guessing
  check,       // a check, drill or comparison found a problem
  refused,     // not confirmed, or a lock not got in time
  altered,     // a wrapped command failed and the database is not as it was
  interrupted  // SIGINT or SIGTERM
};

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  // Where it happened and the way out. Each returns the error, so that they chain behind `throw`:
  //   throw Error(ErrorKind::conflict, "…").table("users").column("email").hint("…");
  Error& table(std::string name) & { return table_ = std::move(name), *this; }
  Error& column(std::string name) & { return column_ = std::move(name), *this; }
  Error& key(Value key) & { return key_ = std::move(key), *this; }
  Error& line(std::int64_t line) & { return line_ = line, *this; }
  Error& hint(std::string hint) & { return hint_ = std::move(hint), *this; }
  // Adds what was being done; the innermost stands first. Called while unwinding.
  Error& during(std::string what) & { return while_.push_back(std::move(what)), *this; }
  // Where it was done is at fault, not the data: no room on a disk, a server that went down.
  Error& of_surroundings() & { return of_surroundings_ = true, *this; }

  Error&& table(std::string name) && { return std::move(table(std::move(name))); }
  Error&& column(std::string name) && { return std::move(column(std::move(name))); }
  Error&& key(Value value) && { return std::move(key(std::move(value))); }
  Error&& line(std::int64_t number) && { return std::move(line(number)); }
  Error&& hint(std::string text) && { return std::move(hint(std::move(text))); }
  Error&& during(std::string what) && { return std::move(during(std::move(what))); }
  Error&& of_surroundings() && { return std::move(of_surroundings()); }

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& table() const { return table_; }
  const std::string& column() const { return column_; }
  const Value& key() const { return key_; }
  std::int64_t line() const { return line_; }  // 0: no line
  const std::string& hint() const { return hint_; }
  const std::vector<std::string>& context() const { return while_; }
  bool is_of_surroundings() const { return of_surroundings_; }

  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorKind kind_;
  std::string message_;
  std::string table_;
  std::string column_;
  Value key_;
  std::int64_t line_ = 0;
  std::string hint_;
  std::vector<std::string> while_;
  bool of_surroundings_ = false;
};

}  // namespace dbkeeper
