// The terminal that this process was started from, and who may read from it.
#pragma once

#include <termios.h>

#include <sys/types.h>

namespace dbkeeper {

// As long as it lives, the terminal, if ours is its foreground process group, can be lent to
// another group. Whatever modes that leaves it in are put back at the end. One at a time.
class ControllingTerminal {
 public:
  ControllingTerminal();
  ~ControllingTerminal();  // it is ours again
  ControllingTerminal(const ControllingTerminal&) = delete;
  ControllingTerminal& operator=(const ControllingTerminal&) = delete;

  // Whether it is that group's now. Not if it isn't ours to lend: there is none, or we are in the
  // background.
  bool lend_to(pid_t group);
  void take_back();

 private:
  int fd_ = -1;
  bool lent_ = false;
  bool has_modes_ = false;
  termios modes_ = {};
  void (*before_)(int) = nullptr;  // what SIGTTOU did
};

}  // namespace dbkeeper
