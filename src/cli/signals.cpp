#include "cli/signals.h"

#include <pthread.h>
#include <unistd.h>

namespace dbkeeper::cli {

SignalWatch::SignalWatch(Stop& stop) : stop_(stop) {
  sigemptyset(&awaited_);
  sigaddset(&awaited_, SIGINT);
  sigaddset(&awaited_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &awaited_, &before_);
  thread_ = std::thread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  done_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // wakes the thread, nothing else
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SignalWatch::watch() {
  while (true) {
    int signal = 0;
    sigwait(&awaited_, &signal);
    if (done_) return;
    if (stop_.requested()) {
      if (!stop_.insist()) _exit(128 + signal);
      continue;
    }
    try {
      stop_.request(signal);
    } catch (...) {  // a callback failed: whoever works notices the request all the same
    }
  }
}

}  // namespace dbkeeper::cli
