#include "engines/postgres/connection_failure.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace dbkeeper::postgres {
namespace {

constexpr std::string_view kCannotConnectNow = "57P03";

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// What the server said, "FATAL:  28P01: …" in whatever language.
std::optional<ConnectionFailure> cause_in_answer(const std::string& line) {
  const std::size_t label = line.find(":  ");
  if (label == std::string::npos || line.compare(std::min(label + 8, line.size()), 2, ": ") != 0)
    return std::nullopt;
  const std::string state = line.substr(label + 3, 5);
  if (!is_sqlstate(state)) return std::nullopt;
  return ConnectionFailure{line.substr(label + 10), state};
}

// libpq puts "connection to server at … failed: " before it, older ones less.
std::string without_frame(const std::string& line) {
  static constexpr std::string_view kOlder = "could not connect to server: ";
  static constexpr std::string_view kFailed = " failed: ";
  const std::size_t failed = line.find(kFailed);
  if (line.starts_with("connection to server ") && failed != std::string::npos)
    return line.substr(failed + kFailed.size());
  return line.starts_with(kOlder) ? line.substr(kOlder.size()) : line;
}

// DETAIL, HINT and the LOCATION in the server's source, and what is indented.
bool only_explains(const std::string& line) {
  if (line.empty() || line.front() == '\t') return true;
  const std::size_t label = line.find(":  ");
  return label != std::string::npos &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(label),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// As Compose names the hosts of its services.
bool is_bare_name(const std::string& host) {
  return !host.empty() && host != "localhost" && host.find_first_of("./:@") == std::string::npos;
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string hint_for_unknown_host(const Target& target, bool in_container) {
  if (!is_bare_name(target.host)) return "check the host's name";
  if (in_container)
    return fmt::format(
        "check the host's name: '{}' has to be a service in a network of this container, and to be "
        "up; --wait 60s waits for one that starts",
        target.host);
  return fmt::format(
      "check the host's name: if '{0}' is a service of Docker Compose, it is known within its "
      "network alone; run dbkeeper there (docker compose run or exec), or write localhost and the "
      "port that '{0}' publishes",
      target.host);
}

std::string hint_for_silence(const Target& target, bool in_container) {
  const std::string question =
      fmt::format("is the server running, and is {} right?", target.place());
  if (is_this_machine(target.host) && in_container)
    return fmt::format(
        "{} within a container {} is the container itself: name the database's service (Compose), "
        "or host.docker.internal for a server outside",
        question, target.host);
  if (is_this_machine(target.host))
    return question +
           " one in Docker Compose is reached from here by a port that it publishes (ports:) "
           "alone; "
           "--wait 60s waits for one that starts";
  return question + " --wait 60s waits for one that starts";
}

bool is_silence(const std::string& reason) {
  return mentions(reason, "refused") || mentions(reason, "No such file") ||
         mentions(reason, "no answer") || mentions(reason, "unreachable") ||
         mentions(reason, "No route to host") || mentions(reason, "timed out");
}

// As Docker ends what comes to a published port behind which nobody listens yet.
bool is_hanging_up(const std::string& reason) {
  return mentions(reason, "closed the connection unexpectedly") ||
         mentions(reason, "reset by peer");
}

bool is_unknown_host(const std::string& reason) { return mentions(reason, "translate host name"); }

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

ConnectionFailure last_failure(const std::string& message) {
  ConnectionFailure last{"the connection failed for an unknown reason", {}};
  for (const std::string& line : lines_of(message)) {
    const std::string said = without_frame(line);
    if (const auto answer = cause_in_answer(said))
      last = *answer;
    else if (!only_explains(line))
      last = {said, {}};
  }
  return last;
}

bool is_not_up_yet(const ConnectionFailure& failure) {
  if (!failure.sqlstate.empty()) return failure.sqlstate == kCannotConnectNow;
  return is_silence(failure.reason) || is_hanging_up(failure.reason) ||
         is_unknown_host(failure.reason);
}

std::string connection_hint(const ConnectionFailure& cause, const Target& target,
                            bool in_container) {
  const std::string& state = cause.sqlstate;
  if (state == "3D000") return "create the database, or check the name at the end of the URL";
  if (state == "28000" && mentions(cause.reason, "pg_hba"))
    return "the server's pg_hba.conf doesn't let this user in from here; with SSL only: add "
           "?sslmode=require";
  if (state.starts_with("28")) return "check user and password: the URL's, PGPASSWORD, ~/.pgpass";
  if (state == "53300") return "the server has no connection left: close some, or try again later";
  if (state == kCannotConnectNow)
    return "the server is starting up or shutting down: --wait 60s tries again until it is ready";
  if (state == "42501") return "this role may not CONNECT to the database: have its owner grant it";
  if (mentions(cause.reason, "no password supplied"))
    return "give the password in the URL, in PGPASSWORD or in ~/.pgpass";
  if (is_unknown_host(cause.reason)) return hint_for_unknown_host(target, in_container);
  if (is_silence(cause.reason)) return hint_for_silence(target, in_container);
  if (is_hanging_up(cause.reason))
    return fmt::format(
        "is it PostgreSQL that listens at {}? Docker answers so at a published port as long as the "
        "server isn't up: --wait 60s waits for it",
        target.place());
  if (mentions(cause.reason, "SSL")) return "check sslmode and the certificates";
  return "check the URL and that the server can be reached from here";
}

// As Docker and Podman mark theirs, and as Kubernetes tells its pods.
bool is_in_container() {
  for (const char* mark : {"/.dockerenv", "/run/.containerenv"})
    if (::access(mark, F_OK) == 0) return true;
  return std::getenv("KUBERNETES_SERVICE_HOST") != nullptr;
}

}  // namespace dbkeeper::postgres
