#include "engines/postgres/pgbouncer.h"

#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "dbkeeper/base/url.h"

namespace dbkeeper::testing {
namespace {

constexpr const char* kProgram = "/usr/sbin/pgbouncer";

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

// One that nobody listens on now.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  bind(socket, reinterpret_cast<sockaddr*>(&address), length);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  close(socket);
  return ntohs(address.sin_port);
}

Connection connect(const std::string& place, const std::string& database) {
  return {PQconnectdb(("postgresql://postgres@" + place + "/" + database).c_str()), PQfinish};
}

// PgBouncer refuses to run as root, which borrows the user that the server's package made.
void become_ordinary_user() {
  if (geteuid() != 0) return;
  const passwd* user = getpwnam("postgres");
  if (!user) user = getpwnam("nobody");
  if (!user || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(126);
}

void make_readable(const std::filesystem::path& folder) {
  std::filesystem::permissions(folder, std::filesystem::perms::all);
}

}  // namespace

PgBouncer::PgBouncer(const std::string& mode) {
  if (access(kProgram, X_OK) != 0)
    throw std::runtime_error(std::string("this test needs ") + kProgram +
                             ": scripts/install-deps --test installs it");
  const Url server = *parse_url(postgres_url("postgres"));
  const int port = free_port();
  place_ = "127.0.0.1:" + std::to_string(port);
  make_readable(folder_.path());
  folder_.write("users.txt", "\"postgres\" \"\"\n");
  const auto config = folder_.write(
      "pgbouncer.ini",
      "[databases]\n* = host=" + server.hosts[0].first + " port=" + server.hosts[0].second +
          "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + std::to_string(port) +
          "\nunix_socket_dir =\nauth_type = trust\nauth_file = " +
          (folder_ / "users.txt").string() + "\npool_mode = " + mode +
          "\nlogfile = " + (folder_ / "log").string() + "\n");
  process_ = fork();
  if (process_ == 0) {
    become_ordinary_user();
    execl(kProgram, kProgram, "-q", config.c_str(), nullptr);
    _exit(127);
  }
  for (int i = 0; i < 200; ++i) {
    if (PQstatus(connect(place_, "postgres").get()) == CONNECTION_OK) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  end();
  throw std::runtime_error("pgbouncer did not start");
}

PgBouncer::~PgBouncer() { end(); }

void PgBouncer::end() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::string PgBouncer::ask(const std::string& database, const std::string& sql) const {
  const Connection connection = connect(place_, database);
  PGresult* const result = PQexec(connection.get(), sql.c_str());
  const std::string value =
      PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : PQerrorMessage(connection.get());
  PQclear(result);
  return value;
}

}  // namespace dbkeeper::testing
