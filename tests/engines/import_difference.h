// An engine beside the model, and the smallest case in which they differ.
#pragma once

#include <functional>
#include <string>

#include "engines/import_random.h"

namespace dbkeeper::testing {

// In what the engine differs from the model when this is imported, and imported again; empty where
// it doesn't. They have to agree on whether it is a conflict (where it can't be told which row is
// meant, also on the table), and on what is reported, stored and kept in the map.
std::string difference(ImportTarget& engine, const RandomImport& made);

// The case without all that can be left out while `differs` stays true.
RandomImport smallest(RandomImport made, const std::function<bool(const RandomImport&)>& differs);

std::string text_of(const ImportOutcome& outcome);

}  // namespace dbkeeper::testing
