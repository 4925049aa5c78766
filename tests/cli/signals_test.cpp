// Signals and what a list of processes shows, while a server doesn't answer.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <system_error>

#include "cli/json.h"
#include "support/catch.h"
#include "support/run.h"

using namespace dbkeeper::testing;

namespace {

// Accepts connections, as far as the kernel does, and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, generic, size) != 0 || listen(socket_, 1) != 0 ||
        getsockname(socket_, generic, &size) != 0)
      throw std::system_error(errno, std::generic_category());
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  std::string url() const {
    return "postgresql://bob:TopSecret1@127.0.0.1:" + std::to_string(port_) + "/shop";
  }

 private:
  int socket_;
  int port_ = 0;
};

std::string command_line(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("SIGINT and SIGTERM end a waiting run with 130 and 143") {
  const SilentServer server;
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    Running running({"check", "-v", "--json", "--db", server.url()});
    running.wait_for("debug: database");
    running.signal(signal);
    const Run result = running.wait();
    CHECK(result.exit == code);
    CHECK_THAT(result.err, contains("error: interrupted"));
    CHECK(report_of(result)["exit"] == code);
    CHECK(report_of(result)["error"]["kind"] == "interrupted");
  }
}

TEST_CASE("a list of processes doesn't show the password") {
  const SilentServer server;
  for (const bool joined : {false, true}) {
    Running running(joined ? std::vector<std::string>{"check", "-v", "--db=" + server.url()}
                           : std::vector<std::string>{"check", "-v", "--db", server.url()});
    running.wait_for("debug: database");
    CHECK_THAT(command_line(running.pid()), contains("bob:**********@127.0.0.1"));
    CHECK_THAT(command_line(running.pid()), !contains("TopSecret1"));
    running.signal(SIGTERM);
    running.wait();
  }
}
