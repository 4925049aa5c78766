// Whether the user asked to stop. Work that takes long checks it once a batch; a call that blocks
// (a query, a read) registers a callback that cancels it.
#pragma once

#include <atomic>
#include <stop_token>

#include "dbkeeper/base/error.h"

namespace dbkeeper {

class Stop {
 public:
  // From the thread that waits for signals. Runs the callbacks in the calling thread.
  void request(int signal) {
    signal_ = signal;
    source_.request_stop();
  }

  // One more signal, after the first: false if nobody has an answer to it but the process's end.
  bool insist() {
    ++insisted_;
    return answered_ > 0;
  }
  int insisted() const { return insisted_; }

  // While one lives, somebody looks at insisted().
  class Answer {
   public:
    explicit Answer(const Stop& stop) : stop_(stop) { ++stop_.answered_; }
    ~Answer() { --stop_.answered_; }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

   private:
    const Stop& stop_;
  };

  bool requested() const { return source_.stop_requested(); }
  int signal() const { return signal_; }  // 0 as long as nothing was requested
  std::stop_token token() const { return source_.get_token(); }

  // Throws Error(interrupted) once a stop was requested.
  void check() const {
    if (requested()) throw Error(ErrorKind::interrupted, "interrupted");
  }

 private:
  std::stop_source source_;
  std::atomic<int> signal_ = 0;
  std::atomic<int> insisted_ = 0;
  mutable std::atomic<int> answered_ = 0;
};

}  // namespace dbkeeper
