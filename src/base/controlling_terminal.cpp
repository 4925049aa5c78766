#include "base/controlling_terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace dbkeeper {

// Who isn't in the foreground is stopped by SIGTTOU when it takes the terminal back, and, under
// `stty tostop`, when it writes a line.
ControllingTerminal::ControllingTerminal()
    : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)), before_(::signal(SIGTTOU, SIG_IGN)) {
  has_modes_ = fd_ >= 0 && ::tcgetpgrp(fd_) == ::getpgrp() && ::tcgetattr(fd_, &modes_) == 0;
}

ControllingTerminal::~ControllingTerminal() {
  take_back();
  if (has_modes_ && ::tcgetpgrp(fd_) == ::getpgrp()) ::tcsetattr(fd_, TCSADRAIN, &modes_);
  if (fd_ >= 0) ::close(fd_);
  if (before_ != SIG_ERR) ::signal(SIGTTOU, before_);
}

bool ControllingTerminal::lend_to(pid_t group) {
  if (fd_ < 0 || ::tcgetpgrp(fd_) != ::getpgrp()) return lent_;
  lent_ = ::tcsetpgrp(fd_, group) == 0;
  return lent_;
}

void ControllingTerminal::take_back() {
  if (lent_) ::tcsetpgrp(fd_, ::getpgrp());
  lent_ = false;
}

}  // namespace dbkeeper
