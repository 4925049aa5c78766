// Keeps passwords out of whatever the command line shows about its own work.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::cli {

// Replaces every known secret by ***, and the password of anything that looks like a URL.
//
// A password is often an ordinary word ("postgres", "app"), and then often the user's or the
// database's name too. Such a word is replaced only where it stands alone, and not at all if it is
// also a name that the address shows anyway: hiding it there would garble messages and hide
// nothing.
//
// Threads: every call may come from any thread.
class Redactor {
 public:
  // A secret as such. Shorter than three characters it is ignored: it would be found everywhere.
  void hide(std::string secret);

  // An address in any dialect: its passwords are secret, its other parts are not.
  void learn(std::string_view address);

  std::string operator()(std::string_view text) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> shown_;
  std::vector<std::string>
      secrets_;  // the longest first, so that one within another can't spoil it
};

}  // namespace dbkeeper::cli
