// The variables of this process, and those that programs get which it starts.
#pragma once

#include <string>
#include <vector>

namespace dbkeeper {

// Takes a variable out of the process's environment, for whatever in it looks there by itself:
// programs that it starts get the variable all the same.
// Requires: no other thread reads or changes the environment meanwhile.
void withdraw_variable(const std::string& name);

// Its value, withdrawn or not; empty if it isn't set.
std::string inherited_variable(const std::string& name);

// "NAME=value" of each variable that a program is to get.
std::vector<std::string> inherited_environment();

}  // namespace dbkeeper
