// SIGINT and SIGTERM as a request to stop.
#pragma once

#include <signal.h>

#include <atomic>
#include <thread>

#include "dbkeeper/base/stop.h"

namespace dbkeeper::cli {

// While it lives, the first of these signals requests a stop, the second one ends the process at
// once with 130 or 143, unless somebody answers to it (Stop::Answer). They are blocked in the
// thread that creates it and all that it starts, and awaited in one of its own, where stop
// callbacks may do what a signal handler may not. Requires: no other thread runs yet. One at a
// time.
class SignalWatch {
 public:
  explicit SignalWatch(Stop& stop);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void watch();

  Stop& stop_;
  sigset_t awaited_;
  sigset_t before_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace dbkeeper::cli
