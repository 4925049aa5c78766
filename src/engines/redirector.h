// What redirect() (engines/redirect.h) has to know of an engine: how its databases are named.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/engines/redirect.h"

namespace dbkeeper {

class Redirector {
 public:
  virtual ~Redirector() = default;

  // The scratch database as clients of every language take it: a URL.
  virtual std::string url() const = 0;

  // The text as it has to be if it is an address of the live database, in any dialect, and nothing
  // else; or the path of its file.
  virtual std::optional<std::string> rewritten(const std::string& text) const = 0;

  // The same of a value that means the database only since a variable of that name has it.
  virtual std::optional<std::string> rewritten_value(const std::string& variable,
                                                     const std::string& value) const = 0;

  // The same of a word of a command, by the words before it and the program that gets it.
  virtual std::optional<std::string> rewritten_word(const std::string& program,
                                                    const std::vector<std::string>& before,
                                                    const std::string& word) const = 0;

  // Whether it is the address of a database that may be the live one under another host's name.
  virtual bool is_doubtful(const std::string& text) const = 0;

  // The variables that this engine's clients look at by themselves.
  virtual void point_clients(const Variables& environment, Redirection& redirection) const = 0;

  // Whether the program is one that takes its database from those.
  virtual bool is_client(const std::string& program) const = 0;

  // Whether a line of some settings or source names the live database other than by an address.
  virtual bool is_named_in(std::string_view line) const = 0;
};

// Where {url} stands in a word for a database's: not within ${url}, %{url} or {{url}}.
std::size_t find_url_mark(std::string_view word, std::size_t from);
inline constexpr std::string_view kUrlMark = "{url}";

// In connect.cpp. Error(usage) for an address that can't be read, or two of different engines.
std::unique_ptr<Redirector> make_redirector(const std::string& live, const std::string& scratch,
                                            const Variables& environment);

// The value of a variable; null if there is none.
inline const std::string* find_variable(const Variables& variables, std::string_view name) {
  for (const auto& [known, value] : variables)
    if (known == name) return &value;
  return nullptr;
}

// Sets a variable, in place of an earlier value.
inline void set_variable(Variables& variables, std::string_view name, std::string value) {
  for (auto& [known, old] : variables)
    if (known == name) {
      old = std::move(value);
      return;
    }
  variables.emplace_back(name, std::move(value));
}

}  // namespace dbkeeper
