// Threads where the system has some to give: a limit on processes or memory makes work slower, and
// doesn't end it.
#pragma once

#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace dbkeeper {

// Whether it was started; if not, whoever is there already does the work.
template <class Work>
bool start_thread(std::thread& thread, Work&& work) {
  try {
    thread = std::thread(std::forward<Work>(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

// The same of one more.
template <class Work>
bool add_thread(std::vector<std::jthread>& threads, Work&& work) {
  try {
    threads.emplace_back(std::forward<Work>(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace dbkeeper
